/**
 * A language model as a worker: what it answers is validated by an io-ts decoder, and where it does not fit, the next prompt
 * says what is wrong with it. The model is an HTTP server on this machine, which answers badly at first.
 *
 *   1. an answer that gets better     no JSON, then JSON of a wrong shape, then right; the prompts carry the errors
 *   2. a model that is busy           429 with `Retry-After`: no attempt before that
 *   3. a letter that is too long      400: `NotRetryable`, after one attempt
 *
 * Run it:  node scripts/example.js examples/languageModel.ts     It takes about two seconds, and ends with code 1 if
 * something does not go as promised.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as T from 'fp-ts/lib/Task.js'
import * as t from 'io-ts'
import {
  delayFrom,
  exponential,
  type Failure,
  type InvalidResult,
  immediate,
  isInvalidResult,
  limitRetries,
  retryOn,
  type TimedOut,
  when,
  withAttempt,
  withDecoder,
  withJitter,
  worker
} from 'reprise'
import { type Fact, play, printCall, printPolicies, showTour } from './support/calls.js'
import { type ChatModel, complete, type Message, says, startModel } from './support/chatModel.js'
import type { HttpError } from './support/http.js'

// --- what the answer must be

/** A text that holds JSON, whatever that is. */
const Json = new t.Type<unknown, string, string>(
  'JSON',
  (_): _ is unknown => true,
  (text, context) =>
    E.tryCatch(
      (): unknown => JSON.parse(text),
      () => [{ value: text, context, message: 'expected JSON and nothing else' }]
    ),
  JSON.stringify
)

const Invoice = t.type(
  {
    customer: t.string,
    total: t.number,
    currency: t.keyof({ EUR: null, USD: null })
  },
  'Invoice'
)
const InvoiceText = t.string.pipe(Json).pipe(Invoice)

// --- questions to the model, as functions that know nothing of retrying, but may know how the last attempt failed

const instruction =
  'Find the invoice in the letter. Answer with JSON: {"customer": text, "total": number, "currency": "EUR" or "USD"}'

/** What follows an answer that did not fit: that answer, and what is wrong with it. */
const correction = (failure: Failure<unknown, unknown>): ReadonlyArray<Message> =>
  failure._tag === 'Failed' && isInvalidResult(failure.error)
    ? [
        { role: 'assistant', content: String(failure.error.value) },
        { role: 'user', content: ['This is wrong:', ...failure.error.reasons].join('\n') }
      ]
    : []

const functionsOf = (url: string) => ({
  extractInvoice: pipe(
    withAttempt(
      ({ previous, signal }) =>
        (letter: string) =>
          complete(
            url,
            [
              { role: 'system', content: instruction },
              { role: 'user', content: letter },
              ...pipe(
                previous,
                O.match(() => [], correction)
              )
            ],
            signal
          )
    ),
    withDecoder(InvoiceText) // what comes out is an invoice, no longer a text
  ),

  summarise: withAttempt(
    ({ signal }) =>
      (letter: string) =>
        complete(url, [{ role: 'user', content: `Summarise: ${letter}` }], signal)
  )
})

// --- how they survive failure

const retryAfter = (error: HttpError | InvalidResult<t.Errors> | TimedOut): number | undefined =>
  error._tag === 'TooManyRequests' ? error.retryAfter : undefined

const patient = pipe(
  exponential('200ms'),
  withJitter(0.3),
  limitRetries(4),
  retryOn(['NoAnswer', 'TooManyRequests', 'ServerError', 'TimedOut']),
  delayFrom(retryAfter, { max: '30s' })
)

// An answer that does not fit needs no wait, only another try; and it has a count of its own.
const corrected = pipe(patient, when('InvalidResult', pipe(immediate, limitRetries(3))))

const modelWorker = (url: string) =>
  worker(functionsOf(url), {
    policy: { '*': patient, extractInvoice: corrected },
    attemptTimeout: '10s',
    timeout: '1m',
    observer: printCall
  })

// --- playing it

const letter = 'Dear Ada Lovelace, you owe us 42.50 euros.'

const start = startModel(
  says('Sure! The customer is Ada Lovelace, and the total is 42.50 EUR.'),
  says('{"customer": "Ada Lovelace", "total": "42.50", "currency": "euros"}'),
  says('{"customer": "Ada Lovelace", "total": 42.5, "currency": "EUR"}'),
  { status: 429, headers: { 'retry-after': '1' }, body: { error: 'slow down' } },
  says('Ada has to pay.'),
  { status: 400, body: { error: 'the letter is too long' } }
)

const tour = (model: ChatModel): T.Task<ReadonlyArray<Fact>> => {
  const ask = modelWorker(model.url)
  printPolicies(ask, ['extractInvoice', 'summarise'])
  return pipe(
    T.Do,
    T.bind('invoice', () => play('1. an answer that gets better', ask.extractInvoice(letter))),
    T.bind('summary', () => play('2. a model that is busy', ask.summarise(letter))),
    T.bind('tooLong', () => play('3. a letter that is too long', ask.extractInvoice('(300 pages)'))),
    T.map(({ invoice, summary, tooLong }) => [
      { what: '1. an answer that gets better', promised: 'Succeeded, 3 attempts', happened: invoice.ending },
      {
        what: '   its invoice',
        promised: E.right({ customer: 'Ada Lovelace', total: 42.5, currency: 'EUR' }),
        happened: invoice.result
      },
      ...promptsOf(model),
      { what: '2. a model that is busy', promised: 'Succeeded, 2 attempts', happened: summary.ending },
      {
        what: '   it waited for the second that it was told',
        promised: true,
        happened: summary.delays.every((delay) => delay >= 1000)
      },
      { what: '3. a letter that is too long', promised: 'NotRetryable, 1 attempt', happened: tooLong.ending }
    ])
  )
}

/** The prompts that the model was sent: the second and the third carry what was wrong with the answer before. */
const promptsOf = ({ asked }: ChatModel): ReadonlyArray<Fact> =>
  [
    letter,
    'This is wrong:\nresult: expected JSON and nothing else',
    'This is wrong:\ntotal: expected number, got "42.50"\ncurrency: expected "EUR" | "USD", got "euros"'
  ].map((promised, i) => ({
    what: `   the end of prompt ${i + 1}`,
    promised,
    happened: asked()[i]?.at(-1)?.content
  }))

process.exitCode = (await showTour(start, tour)()) ? 0 : 1
