/**
 * A small bank in a real PostgreSQL, which runs inside of this process. It fails by the list: the n-th time that a place is
 * reached, the engine raises the n-th error for it, with that SQLSTATE. A sequence counts, since it survives a rollback.
 */
import { PGlite } from '@electric-sql/pglite'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'

// --- model

type Place = 'balance' | 'credit' | 'alert'

/** What is raised, the first time, the second time... */
export type Faults = Readonly<
  Record<Place, ReadonlyArray<{ readonly code: string; readonly message: string }>>
>

export interface Bank {
  readonly db: PGlite
  /** How often the engine came to a place. */
  readonly reached: (place: Place) => Promise<number>
  readonly close: TE.TaskEither<Error, void>
}

// --- the schema

const schema = `
  CREATE TABLE accounts (owner text PRIMARY KEY, balance integer NOT NULL CHECK (balance >= 0));
  CREATE TABLE transfers (id text PRIMARY KEY, payer text NOT NULL, payee text NOT NULL, amount integer NOT NULL);
  CREATE TABLE log (line text NOT NULL);
  INSERT INTO accounts VALUES ('Ada', 100), ('Grace', 100);

  CREATE TABLE faults (place text, nth bigint, code text, message text);
  CREATE SEQUENCE balance_count;
  CREATE SEQUENCE credit_count;
  CREATE SEQUENCE alert_count;

  CREATE FUNCTION may_fail(at text) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    count bigint := nextval(at || '_count');
    fault faults;
  BEGIN
    SELECT * INTO fault FROM faults WHERE place = at AND nth = count;
    IF FOUND THEN
      RAISE EXCEPTION USING ERRCODE = fault.code, MESSAGE = fault.message;
    END IF;
  END $$;

  CREATE FUNCTION balance_of(who text) RETURNS integer LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM may_fail('balance');
    RETURN (SELECT balance FROM accounts WHERE owner = who);
  END $$;

  CREATE FUNCTION alert(line text) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM may_fail('alert');
    PERFORM pg_notify('log', line);
  END $$;

  CREATE FUNCTION credited() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM may_fail('credit');
    RETURN NULL;
  END $$;
  CREATE TRIGGER credited AFTER UPDATE ON accounts
    FOR EACH ROW WHEN (NEW.balance > OLD.balance) EXECUTE FUNCTION credited();
`

// --- constructors

/** Starts the database, which takes its time, and fills it. */
export const openBank = (faults: Faults): TE.TaskEither<Error, Bank> =>
  TE.tryCatch(async () => {
    console.log('starting PostgreSQL ...')
    const db = await PGlite.create()
    await db.exec(schema)
    const rows = Object.entries(faults).flatMap(([place, list]) =>
      list.map(({ code, message }, index) => [place, index + 1, code, message])
    )
    for (const row of rows) await db.query('INSERT INTO faults VALUES ($1, $2, $3, $4)', row)

    const reached = async (place: Place): Promise<number> => {
      const { rows } = await db.query<{ count: number }>(
        `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS count FROM ${place}_count`
      )
      return rows[0]?.count ?? 0
    }
    return { db, reached, close: TE.tryCatch(() => db.close(), E.toError) }
  }, E.toError)
