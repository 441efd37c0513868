import { root } from '../support/built.js'
import { node } from '../support/run.js'

// PostgreSQL alone takes six seconds of a processor to start, and the machine may be busy.
const limit = 180_000

interface Run {
  /** All that is printed before the summary. */
  readonly tour: string
  /** The lines of the attempts, without their times and waits. */
  readonly attempts: ReadonlyArray<string>
  /** What was to be checked, and what came of it. */
  readonly promises: ReadonlyArray<string>
}

const play = async (file: string): Promise<Run> => {
  const { code, output } = await node(['scripts/example.js', `examples/${file}`], root, limit)
  if (code !== 0) throw new Error(`examples/${file} ended with ${code} (limit ${limit} ms)\n${output}`)
  const [tour = '', summary = ''] = output.split('\nWhat was promised:\n')
  expect(summary).toMatch(/\n\nAll went as promised\.\n$/)
  return {
    tour,
    attempts: [...tour.matchAll(/^ {2}\+ *\d+ ms {2}(.*)$/gm)].map(([, line = '']) =>
      line
        .trim()
        .replace(/ -> next in \d+ ms$/, ' -> again')
        .replace(/ in \d+ ms: /, ': ')
        .replace(/ {2,}/, ' ')
    ),
    promises: summary
      .split('\n')
      .slice(0, -3)
      .map((line) => line.trim().replace(/ {2,}/g, ' '))
  }
}

test(
  'examples/database.ts: a transfer amid conflicts is done once, a failed write is never repeated',
  async () => {
    const { attempts, promises } = await play('database.ts')
    expect(attempts).toEqual([
      'attempt 1 balanceOf("Ada")',
      'terminating connection due to administrator command -> again',
      'attempt 2 balanceOf("Ada")',
      'the database system is starting up -> again',
      'attempt 3 balanceOf("Ada")',
      'accepted: 100',
      'attempt 1 transfer({"id":"rent-2026-11","payer":"Ada","payee":"Grace","amount":30})',
      'could not serialize access due to concurrent update -> again',
      'attempt 2 transfer({"id":"rent-2026-11","payer":"Ada","payee":"Grace","amount":30})',
      'deadlock detected -> again',
      'attempt 3 transfer({"id":"rent-2026-11","payer":"Ada","payee":"Grace","amount":30})',
      'accepted: "done"',
      'attempt 1 transfer({"id":"rent-2026-11","payer":"Ada","payee":"Grace","amount":30})',
      'accepted: "done before"',
      'attempt 1 writeLog("rent paid")',
      'Exhausted: gave up after 1 attempt: terminating connection due to administrator command',
      'attempt 1 openAccount("Ada")',
      'NotRetryable: not retryable after 1 attempt: duplicate key value violates unique constraint "accounts_pkey"'
    ])
    expect(promises).toEqual([
      'kept 1. a read during a failover Succeeded, 3 attempts',
      'kept 2. a transfer amid conflicts Succeeded, 3 attempts',
      'kept 3. the same transfer, sent again Succeeded, 1 attempt',
      'kept its answer {"_tag":"Right","right":"done before"}',
      'kept 4. a write that fails half-way Exhausted, 1 attempt',
      'kept 5. an account that there is already NotRetryable, 1 attempt',
      'kept its SQLSTATE 23505',
      'kept what the tables hold {"balances":{"Ada":70,"Grace":130},"transfers":1,"lines":1}',
      'kept credits, those rolled back included 3',
      'kept alerts tried 1'
    ])
  },
  limit + 5_000
)

test(
  'examples/languageModel.ts: each prompt carries what was wrong with the answer before',
  async () => {
    const { attempts, promises } = await play('languageModel.ts')
    expect(attempts).toEqual([
      'attempt 1 extractInvoice("Dear Ada Lovelace, you owe us 42.50 euros.")',
      expect.stringContaining('result: expected JSON and nothing else -> again'),
      'attempt 2 extractInvoice("Dear Ada Lovelace, you owe us 42.50 euros.")',
      expect.stringContaining(
        'total: expected number, got "42.50"; currency: expected "EUR" | "USD", got "euros" -> again'
      ),
      'attempt 3 extractInvoice("Dear Ada Lovelace, you owe us 42.50 euros.")',
      'accepted: {"customer":"Ada Lovelace","total":42.5,"currency":"EUR"}',
      'attempt 1 summarise("Dear Ada Lovelace, you owe us 42.50 euros.")',
      '429 Too Many Requests {"error":"slow down"} -> again',
      'attempt 2 summarise("Dear Ada Lovelace, you owe us 42.50 euros.")',
      'accepted: "Ada has to pay."',
      'attempt 1 extractInvoice("(300 pages)")',
      'NotRetryable: not retryable after 1 attempt: 400 Bad Request {"error":"the letter is too long"}'
    ])
    expect(promises).toEqual([
      'kept 1. an answer that gets better Succeeded, 3 attempts',
      'kept its invoice {"_tag":"Right","right":{"customer":"Ada Lovelace","total":42.5,"currency":"EUR"}}',
      'kept the end of prompt 1 Dear Ada Lovelace, you owe us 42.50 euros.',
      'kept the end of prompt 2 This is wrong:',
      'result: expected JSON and nothing else',
      'kept the end of prompt 3 This is wrong:',
      'total: expected number, got "42.50"',
      'currency: expected "EUR" | "USD", got "euros"',
      'kept 2. a model that is busy Succeeded, 2 attempts',
      'kept it waited for the second that it was told true',
      'kept 3. a letter that is too long NotRetryable, 1 attempt'
    ])
  },
  limit + 5_000
)

test(
  'examples/httpApi.ts: the server counts what the client says that it did',
  async () => {
    const { attempts, promises } = await play('httpApi.ts')
    expect(attempts.slice(0, 8)).toEqual([
      'attempt 1 getUser(7)',
      'no answer: other side closed -> again',
      'attempt 2 getUser(7)',
      '503 Service Unavailable {"error":"busy"} -> again',
      'attempt 3 getUser(7)',
      '429 Too Many Requests {"error":"slow down"} -> again',
      'attempt 4 getUser(7)',
      'accepted: {"id":7,"name":"Ada"}'
    ])
    expect(promises).toEqual([
      'kept 1. a user, after three failures Succeeded, 4 attempts',
      'kept the server, /users/7 {"requests":4,"hungUp":0}',
      'kept 2. a search that takes too long Succeeded, 2 attempts',
      'kept the server, /orders?item=tea&page=1 {"requests":2,"hungUp":1}',
      'kept 3. an order that fails Exhausted, 1 attempt',
      'kept the server, /orders {"requests":1,"hungUp":0}',
      'kept 4. a page that there is not NotRetryable, 1 attempt',
      'kept the server, /orders?item=tea&page=-1 {"requests":1,"hungUp":0}',
      'kept 5. a report that gets ready Succeeded, 3 attempts',
      'kept the server, /reports/1 {"requests":3,"hungUp":0}',
      'kept 6. a report that never does TimedOut, 2 attempts',
      'kept the server, /reports/2 {"requests":2,"hungUp":1}',
      'kept 7. a user who has had enough Aborted, 1 attempt',
      'kept the server, /users/8 {"requests":1,"hungUp":0}'
    ])
  },
  limit + 5_000
)

test(
  'examples/rateLimit.ts: with limits the server refuses nothing, and all calls are done',
  async () => {
    const { tour, promises } = await play('rateLimit.ts')
    // Each tenth of 66 requests fails, and is sent again: 60 + 6.
    expect(promises).toEqual([
      'kept with limits: requests, as the client counted 66',
      'kept failures 6',
      'kept refused 0',
      'kept in any 500 ms, 20 at most true',
      'kept at once, 5 at most true',
      'kept calls done 60',
      'kept connections free afterwards 5',
      expect.stringMatching(/^kept without: requests, as the client counted \d+$/),
      expect.stringMatching(/^kept failures \d+$/)
    ])
    const rows = [...tour.matchAll(/^ +(\S.*?) {2,}([\d.]+) +([\d.]+)$/gm)].map(
      ([, what = '', ...numbers]) => [what, ...numbers.map(Number)] as const
    )
    const limited = Object.fromEntries(rows.map(([what, number]) => [what, number]))
    expect(limited).toMatchObject({
      'requests received': 66,
      'refused: 429': 0,
      'failed: 503': 6,
      retries: 6,
      'calls done, of 60': 60
    })
    // 15 in any 500 ms, so the 66th cannot start before the fifth such time has begun.
    expect(limited['seconds']).toBeGreaterThanOrEqual(2)

    // How many of them is a matter of how fast the machine sends them.
    const unlimited = Object.fromEntries(rows.map(([what, , number]) => [what, number]))
    expect(unlimited['requests received']).toBeGreaterThan(60)
  },
  limit + 5_000
)

test(
  'examples/fetch.ts: what may be sent again is, under one key, when the server says',
  async () => {
    const { attempts, promises } = await play('fetch.ts')
    expect(attempts.slice(0, 8)).toEqual([
      'attempt 1 GET /users/7',
      expect.stringMatching(/^other side closed: GET http:.*\/users\/7 -> again$/),
      'attempt 2 GET /users/7',
      expect.stringMatching(/^503 Service Unavailable: GET http:.*\/users\/7 -> again$/),
      'attempt 3 GET /users/7',
      expect.stringMatching(/^429 Too Many Requests: GET http:.*\/users\/7 -> again$/),
      'attempt 4 GET /users/7',
      'accepted: {"id":7,"name":"Ada"}'
    ])
    expect(promises).toEqual([
      'kept 1. a user, after three failures Succeeded, 4 attempts',
      'kept the server, /users/7 {"requests":4,"hungUp":0}',
      'kept 2. an answer that takes too long Succeeded, 2 attempts',
      'kept the server, /users/8 {"requests":2,"hungUp":1}',
      'kept 3. an order that fails NotRetryable, 1 attempt',
      'kept the server, /orders {"requests":1,"hungUp":0}',
      'kept 4. an order under a key Succeeded, 3 attempts',
      'kept the server, /orders?again {"requests":3,"hungUp":0}',
      'kept 5. a user that there is not NotRetryable, 1 attempt',
      'kept the server, /users/10 {"requests":1,"hungUp":0}',
      'kept 6. a server that is closed Exhausted, 1 attempt',
      'kept the server, /users/11 {"requests":1,"hungUp":0}',
      'kept 7. a user who has had enough Aborted, 1 attempt',
      'kept the server, /users/12 {"requests":1,"hungUp":0}',
      'kept 1. it waited as it was told true',
      'kept 4. keys: sent, different [3,1]',
      'kept 5. what the server said {"error":"no such user"}'
    ])
  },
  limit + 5_000
)

test(
  'examples/engines.ts: one policy, as four engines can have it, and what each of them cannot',
  async () => {
    const { tour, promises } = await play('engines.ts')
    expect(
      tour
        .trimEnd()
        .split('\n\n')
        .map((part) => part.split('\n').map((line) => line.trim()))
    ).toEqual([
      [
        'The policy: pipe(exponential(2000), withJitter("full"), capDelay(60000), limitRetries(6), abortOn("InvalidOrder"))'
      ],
      [
        'AWS Step Functions',
        '[{"ErrorEquals":["InvalidOrder"],"IntervalSeconds":1,"MaxAttempts":0,"BackoffRate":1,"JitterStrategy":"NONE"},' +
          '{"ErrorEquals":["States.ALL"],"IntervalSeconds":2,"MaxAttempts":6,"BackoffRate":2,"MaxDelaySeconds":60,"JitterStrategy":"FULL"}]'
      ],
      [
        'Temporal',
        'cannot have withJitter("full"): Temporal does not spread waits',
        'closest: no jitter',
        'but pipe(exponential(2000), capDelay(60000), limitRetries(6), abortOn("InvalidOrder"))',
        '{"initialInterval":2000,"backoffCoefficient":2,"maximumInterval":60000,"maximumAttempts":7,"nonRetryableErrorTypes":["InvalidOrder"]}'
      ],
      [
        'AWS SDK',
        'cannot have abortOn("InvalidOrder"): the AWS SDK has no conditions',
        'closest: a strategy of your own, with isRetryableError; or withRetry around a client with maxAttempts: 1',
        'but pipe(exponential(2000), withJitter("full"), capDelay(60000), limitRetries(6))',
        '{"maxAttempts":7,"waits":[1000,2000,4000,8000,16000,30000]}'
      ],
      [
        'pg-boss',
        'cannot have withJitter("full"): pg-boss spreads waits in its own way only',
        'closest: withJitter("equal") on exponential, or no jitter on fixed',
        'cannot have abortOn("InvalidOrder"): pg-boss has no conditions',
        'closest: a handler that cancels or deletes the job instead of throwing',
        'but pipe(exponential(2000), withJitter("equal"), capDelay(60000), limitRetries(6))',
        '{"retryLimit":6,"retryDelay":1,"retryBackoff":true,"retryDelayMax":60}'
      ]
    ])
    expect(promises.map((line) => line.replace(/ (\[\{|\{).*$/, ''))).toEqual([
      'kept AWS Step Functions cannot have []',
      'kept Temporal cannot have ["withJitter(\\"full\\")"]',
      'kept AWS SDK cannot have ["abortOn(\\"InvalidOrder\\")"]',
      'kept pg-boss cannot have ["withJitter(\\"full\\")","abortOn(\\"InvalidOrder\\")"]',
      'kept AWS Step Functions is told',
      'kept which, read back, is the policy true',
      'kept Temporal is told',
      'kept the AWS SDK is told',
      'kept pg-boss is told',
      'kept none of them knows limitElapsed true'
    ])
  },
  limit + 5_000
)
