/**
 * A database worker over a real PostgreSQL, which runs inside of this process (PGlite). The functions know nothing of
 * retrying; one record of options says which are tried again, and after which errors of the engine, by SQLSTATE.
 *
 *   1. a read during a failover           tried again, by the default for all methods
 *   2. a transfer amid conflicts          40001, then 40P01: rolled back twice, done once
 *   3. the same transfer, sent again      the database knows its id, so nothing moves
 *   4. a write that fails half-way        never tried again: the row is there, once
 *   5. an account that there is already   23505: no retry will help, so there is none
 *
 * Run it:  node scripts/example.js examples/database.ts     It takes five to ten seconds, most of them to start
 * PostgreSQL, and ends with code 1 if something does not go as promised.
 */
import { messages, type PGlite } from '@electric-sql/pglite'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as T from 'fp-ts/lib/Task.js'
import { lastError, type RetryError, worker } from 'reprise'
import { type Bank, type Faults, openBank } from './support/bank.js'
import { type Fact, play, type Played, printCall, printPolicies, showTour } from './support/calls.js'

// --- the functions, as one would write them anyway

interface Transfer {
  /** Chosen by the caller: by it, the database knows a transfer that comes a second time. */
  readonly id: string
  readonly payer: string
  readonly payee: string
  readonly amount: number
}

const functionsOf = (db: PGlite) => ({
  balanceOf: async (owner: string): Promise<number> => {
    const { rows } = await db.query<{ balance: number }>('SELECT balance_of($1) AS balance', [owner])
    return rows[0]?.balance ?? 0
  },

  transfer: async ({ id, payer, payee, amount }: Transfer): Promise<'done' | 'done before'> =>
    db.transaction(async (tx) => {
      const { affectedRows } = await tx.query(
        'INSERT INTO transfers VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING',
        [id, payer, payee, amount]
      )
      if (affectedRows === 0) return 'done before'
      await tx.query('UPDATE accounts SET balance = balance - $1 WHERE owner = $2', [amount, payer])
      await tx.query('UPDATE accounts SET balance = balance + $1 WHERE owner = $2', [amount, payee])
      return 'done'
    }),

  // Two steps and no transaction: if the second fails, the first is done.
  writeLog: async (line: string): Promise<void> => {
    await db.query('INSERT INTO log VALUES ($1)', [line])
    await db.query('SELECT alert($1)', [line])
  },

  openAccount: async (owner: string): Promise<void> => {
    await db.query('INSERT INTO accounts VALUES ($1, 0)', [owner])
  }
})

// --- how they survive failure

const unavailable = ['57P01', '57P03', '08006'] // shut down, starting up, connection lost
const conflict = ['40001', '40P01'] // serialization failure, deadlock: rolled back, so there is nothing to undo

const bankWorker = (db: PGlite) =>
  worker(functionsOf(db), {
    // What is not named here is not known to be safe to repeat.
    numRetries: { '*': 0, balanceOf: 3, transfer: 5, openAccount: 5 },
    retryOn: { '*': unavailable, transfer: conflict, openAccount: conflict },
    // A failover takes its time; a conflict is over as soon as the other side has committed.
    retryWait: { '*': '200ms', transfer: '20ms', openAccount: '20ms' },
    maxWait: '2s',
    observer: printCall
  })

// --- what the engine raises

const shutdown = { code: '57P01', message: 'terminating connection due to administrator command' }

const faults: Faults = {
  balance: [shutdown, { code: '57P03', message: 'the database system is starting up' }],
  credit: [
    { code: '40001', message: 'could not serialize access due to concurrent update' },
    { code: '40P01', message: 'deadlock detected' }
  ],
  alert: [shutdown]
}

// --- playing it

const rent: Transfer = { id: 'rent-2026-11', payer: 'Ada', payee: 'Grace', amount: 30 }

/** What the tables hold. */
interface Held {
  readonly balances: Readonly<Record<string, number>>
  readonly transfers: number
  readonly lines: number
}

/** Asks the tables themselves, and the engine how often it came to where it failed. */
const sumUp =
  ({ db, reached }: Bank) =>
  async () => {
    const { rows } = await db.query<Held>(`
      SELECT (SELECT json_object_agg(owner, balance) FROM accounts) AS balances,
             (SELECT count(*) FROM transfers) AS transfers,
             (SELECT count(*) FROM log) AS lines`)
    return { tables: rows[0], credits: await reached('credit'), alerts: await reached('alert') }
  }

/** The SQLSTATE behind the error of a call. */
const sqlState = ({ result }: Played<RetryError<unknown, unknown>, unknown>): string =>
  pipe(
    O.getLeft(result),
    O.chain(lastError),
    O.chain((error) => O.fromNullable(error instanceof messages.DatabaseError ? error.code : undefined)),
    O.getOrElse(() => 'none')
  )

const tour = (open: Bank): T.Task<ReadonlyArray<Fact>> => {
  const bank = bankWorker(open.db)
  printPolicies(bank, ['balanceOf', 'transfer', 'writeLog', 'openAccount'])
  return pipe(
    T.Do,
    T.bind('read', () => play('1. a read during a failover', bank.balanceOf('Ada'))),
    T.bind('moved', () => play('2. a transfer amid conflicts', bank.transfer(rent))),
    T.bind('again', () => play('3. the same transfer, sent again', bank.transfer(rent))),
    T.bind('logged', () => play('4. a write that fails half-way', bank.writeLog('rent paid'))),
    T.bind('opened', () => play('5. an account that there is already', bank.openAccount('Ada'))),
    T.bind('held', () => sumUp(open)),
    T.map(({ read, moved, again, logged, opened, held }) => [
      { what: '1. a read during a failover', promised: 'Succeeded, 3 attempts', happened: read.ending },
      { what: '2. a transfer amid conflicts', promised: 'Succeeded, 3 attempts', happened: moved.ending },
      { what: '3. the same transfer, sent again', promised: 'Succeeded, 1 attempt', happened: again.ending },
      { what: '   its answer', promised: E.right('done before'), happened: again.result },
      { what: '4. a write that fails half-way', promised: 'Exhausted, 1 attempt', happened: logged.ending },
      {
        what: '5. an account that there is already',
        promised: 'NotRetryable, 1 attempt',
        happened: opened.ending
      },
      { what: '   its SQLSTATE', promised: '23505', happened: sqlState(opened) },
      {
        what: 'what the tables hold',
        promised: { balances: { Ada: 70, Grace: 130 }, transfers: 1, lines: 1 },
        happened: held.tables
      },
      { what: 'credits, those rolled back included', promised: 3, happened: held.credits },
      { what: 'alerts tried', promised: 1, happened: held.alerts }
    ])
  )
}

process.exitCode = (await showTour(openBank(faults), tour)()) ? 0 : 1
