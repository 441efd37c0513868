// Shows that `reprise/bullmq` loses nothing: `node scripts/soakQueue.js [--jobs 10000] [--servers 4] [--seconds 900]`.
// Makes thousands of calls of a queue whose serving processes are killed with SIGKILL at random moments, and whose Redis is
// killed and started again once. Each attempt notes in a file that it began, and how it ended. In the end each call must
// have ended as its own notes say, with no attempt made twice, too early, or beyond its policy.
import { build } from 'esbuild'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({
  options: {
    jobs: { type: 'string', default: '10000' },
    servers: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '900' },
    // What a serving process is told.
    serve: { type: 'string' }
  }
})

const self = fileURLToPath(import.meta.url)
const root = fileURLToPath(new URL('..', import.meta.url))
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// --- what is called

const retries = 6
const base = 20

/** How often a call fails before it succeeds; one in eight never does. Attempts that are lost come on top. */
const failuresOf = (id) => [0, 0, 0, 1, 1, 2, 3, retries + 1][id % 8]

/** The least wait after an attempt: half of it, for the jitter. */
const leastWait = (attempt) => (base * 2 ** (attempt - 1)) / 2

const openQueue = (
  { exponential, limitRetries, queueWorker, withAttempt, withJitter },
  { connection, effects, queue }
) =>
  queueWorker(
    {
      work: withAttempt(({ attempt }) => async (id) => {
        const note = (event) =>
          appendFileSync(effects, `${JSON.stringify({ id, attempt, event, at: Date.now() })}\n`)
        note('began')
        await sleep(5 + (id % 20))
        if (attempt <= failuresOf(id)) {
          note('failed')
          throw Object.assign(new Error(`call ${id} is down`), { code: 'EDOWN' })
        }
        note('done')
        return id * 2
      })
    },
    { policy: limitRetries(retries)(withJitter(0.5)(exponential(base))) },
    { connection, queue, prefix: 'reprise-soak' }
  )

// --- a serving process

if (options.serve !== undefined) {
  const told = JSON.parse(options.serve)
  const serving = openQueue(await import(pathToFileURL(told.library).href), told).serve({
    concurrency: 25,
    lockDuration: 2000,
    stalledInterval: 500
  })
  await serving.ready()
  process.send('ready')
} else
  process.exitCode = (await soak(Number(options.jobs), Number(options.servers), Number(options.seconds)))
    ? 0
    : 1

// --- the whole

async function soak(jobs, servers, seconds) {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-soak-'))
  // Inside node_modules, so that the bundle finds the packages it leaves out.
  const library = `${root}node_modules/.cache/reprise/soak-${process.pid}.mjs`
  await build({
    stdin: {
      contents: ['src/index.js', 'src/bullmq/index.js', '__tests__/support/redis.js']
        .map((file) => `export * from './${file}'`)
        .concat("export { Queue } from 'bullmq'")
        .join('\n'),
      resolveDir: root
    },
    outfile: library,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error'
  })
  const all = await import(pathToFileURL(library).href)
  if (!all.hasRedis()) {
    console.log(all.noRedis)
    rmSync(folder, { recursive: true, force: true })
    rmSync(library, { force: true })
    return true
  }
  const redis = await all.startRedis()
  const effects = join(folder, 'effects')
  const told = { library, effects, connection: redis.connection, queue: `soak-${process.pid}` }
  const queue = openQueue(all, told)
  const began = Date.now()
  const children = Array.from({ length: servers }, () => startServer(told))
  const counts = { ended: 0, killed: 0, restarted: 0 }
  const ends = new Array(jobs)
  const calls = Promise.all(
    ends.fill().map(async (_, id) => {
      ends[id] = await queue.client.work(id)()
      counts.ended += 1
    })
  ).then(() => true)

  const chaos = { on: true }
  const makeChaos = async () => {
    while (chaos.on && !existsSync(effects)) await sleep(20)
    while (chaos.on) {
      await sleep(200 + Math.random() * 1000)
      // The last calls are left in peace, or a slow machine would be at them for ever.
      if (!chaos.on || counts.ended > jobs * 0.95) return
      const victim = Math.floor(Math.random() * servers)
      await end(children[victim])
      children[victim] = startServer(told)
      counts.killed += 1
      await Promise.race(['message', 'exit'].map((event) => once(children[victim], event)))
      if (counts.restarted === 0 && counts.ended > jobs / 3 && redis.restart) {
        counts.restarted = 1
        await redis.restart()
      }
    }
  }
  const havoc = makeChaos()
  const timer = {}
  const late = new Promise((resolve) => {
    timer.id = setTimeout(resolve, seconds * 1000, false)
  })
  const inTime = await Promise.race([calls, late])
  clearTimeout(timer.id)
  const took = (Date.now() - began) / 1000
  chaos.on = false
  await havoc
  await Promise.all(children.map(end))
  const left = await countJobs(all.Queue, told)
  await queue.close()
  await redis.stop()

  const lines = readFileSync(effects, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
  const problems = [
    ...(inTime ? [] : [`${jobs - counts.ended} calls have not ended in ${seconds} s`]),
    ...findProblems(ends, lines),
    ...(left.unfinished === 0 && left.finished === jobs ? [] : [`jobs in the queue: ${JSON.stringify(left)}`])
  ]
  const results = ends.filter((each) => each?._tag === 'Right').length
  const attempts = lines.filter(({ event }) => event === 'began').length
  const lost = attempts - lines.filter(({ event }) => event !== 'began').length
  console.log(
    [
      `${counts.ended} of ${jobs} calls ended: ${results} with a result, ${counts.ended - results} gave up`,
      `${attempts} attempts, ${lost} of them cut short; ${counts.killed} servers killed, Redis restarted ${counts.restarted} times`,
      `${took.toFixed(1)} s, ${problems.length} problems`,
      ...problems.slice(0, 20)
    ].join('\n')
  )
  rmSync(folder, { recursive: true, force: true })
  rmSync(library, { force: true })
  return problems.length === 0
}

function startServer(told) {
  return spawn(process.execPath, [self, '--serve', JSON.stringify(told)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc']
  })
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

async function countJobs(Queue, { connection, queue: name }) {
  const queue = new Queue(name, { connection, prefix: 'reprise-soak' })
  const { completed, failed, ...others } = await queue.getJobCounts()
  // A Redis that is not our own keeps nothing of it.
  await queue.obliterate({ force: true })
  await queue.close()
  return { finished: completed + failed, unfinished: Object.values(others).reduce((sum, n) => sum + n, 0) }
}

// --- what must hold

function findProblems(ends, lines) {
  const notes = new Map()
  for (const line of lines) notes.set(line.id, [...(notes.get(line.id) ?? []), line])
  return ends.flatMap((end, id) => [
    ...ofCall(id, end, notes.get(id) ?? []),
    ...ofAttempts(id, notes.get(id) ?? [])
  ])
}

function ofCall(id, end, notes) {
  if (end === undefined) return [`call ${id}: no end`]
  const most = retries + 1
  const begun = notes.filter(({ event }) => event === 'began').length
  if (begun > most) return [`call ${id}: ${begun} attempts`]
  if (end._tag === 'Right') {
    const last = notes.at(-1)
    return end.right === id * 2 && last?.event === 'done'
      ? []
      : [`call ${id}: ${end.right}, ${JSON.stringify(last)}`]
  }
  const { _tag, attempts } = end.left
  const failed = notes.filter(({ event }) => event === 'failed').length
  // An attempt may be lost before it could note anything, but none that failed is forgotten.
  const isSound = _tag === 'Exhausted' && attempts === most && failed <= attempts && begun <= attempts
  return isSound ? [] : [`call ${id}: ${JSON.stringify(end.left)}`]
}

function ofAttempts(id, notes) {
  return notes.flatMap(({ attempt, event, at }, i) => {
    const earlier = notes[i - 1]
    if (event !== 'began')
      return earlier?.attempt === attempt && earlier.event === 'began'
        ? []
        : [`call ${id}: attempt ${attempt} ended twice`]
    if (earlier === undefined) return []
    if (attempt <= earlier.attempt) return [`call ${id}: attempt ${attempt} after attempt ${earlier.attempt}`]
    return at - earlier.at < leastWait(attempt - 1) ? [`call ${id}: attempt ${attempt} was early`] : []
  })
}
