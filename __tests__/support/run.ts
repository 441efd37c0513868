import { spawn } from 'node:child_process'

export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly code: number | string
  readonly output: string
}

/** Runs plain Node on the given arguments, for at most `timeout` milliseconds; never rejects. */
export const node = (args: ReadonlyArray<string>, cwd: string, timeout = 170_000): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: plainEnv,
      timeout,
      killSignal: 'SIGKILL'
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', (error) => resolve({ code: error.message, output }))
    child.on('close', (code, signal) => resolve({ code: code ?? signal ?? 'unknown', output }))
  })

// As a user's shell would have it: jest sets NODE_ENV, npm its npm_config_*.
const plainEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name !== 'NODE_ENV' && name !== 'NODE_OPTIONS')
)
