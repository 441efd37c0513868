/** What a circuit breaker saves, from and to JSON, to be part of what an application stores. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import type { StepState } from '../policy/step.js'
import type { BreakerState } from '../resource/BreakerState.js'
import type { CallWindow, Counts } from '../resource/CallWindow.js'
import { toCodec } from './Codec.js'
import { field, type Form, leaf, list, object, toForm } from './Form.js'
import { isList, isObject, toJson } from './Json.js'
import { refuse } from './Validation.js'
import { count, oneOf } from './Value.js'

// --- forms

// Nobody writes it by hand, so nothing has to be explained, and there is no schema.
const noSchema = {}

type Forms<T> = { readonly [K in keyof T]: Form<T[K]> }

/** An object with all of these keys and no others. */
const record = <T extends object>(name: string, forms: Forms<T>): Form<T> => {
  const fields = Object.entries<Form<unknown>>(forms).map(([key, form]) => [key, field(form, key)] as const)
  // All keys of the table are required.
  return object(name, Object.fromEntries(fields), Object.keys(forms)) as unknown as Form<T>
}

type Tagged = { readonly _tag: string }

/** The forms of each kind, its tag left out. */
type Kinds<A extends Tagged> = {
  readonly [T in A['_tag']]: Forms<Omit<Extract<A, { readonly _tag: T }>, '_tag'>>
}

/** One of several objects, told apart by their tags. */
const tagged = <A extends Tagged>(name: string, kinds: Kinds<A>): Form<A> => {
  const forms = new Map<unknown, Form<A>>(
    Object.entries<Forms<object>>(kinds).map(([tag, rest]) => [
      tag,
      // With its tag it is whole.
      record(name, { _tag: oneOf(tag), ...rest }) as unknown as Form<A>
    ])
  )
  const tag = oneOf(...Object.keys(kinds))
  return toForm(name, noSchema, (json, context) => {
    if (!isObject(json)) return t.failure(json, context)
    const form = forms.get(json['_tag'])
    return form === undefined ? refuse(json['_tag'], context, tag.name, '_tag') : form.validate(json, context)
  })
}

const orNull = <A>(form: Form<A>): Form<A | null> =>
  toForm(`${form.name}, or null`, noSchema, (json, context) =>
    json === null ? t.success(null) : form.validate(json, context)
  )

const whole = count(0)
const time = leaf(
  'a number',
  noSchema,
  O.fromPredicate((json) => typeof json === 'number')
)

const counts: Forms<Counts> = { calls: whole, failures: whole, slow: whole }

const aCallWindow = tagged<CallWindow>('a window of calls', {
  row: counts,
  count: { ...counts, slot: whole, word: whole, words: list('a list of whole numbers >= 0', whole) },
  time: {
    ...counts,
    from: orNull(time),
    newest: record('{ calls, failures, slow }', counts),
    older: list('a list of counts', record('{ calls, failures, slow }', counts))
  }
})

const backoff: Form<StepState> = record('the state of a policy', {
  retry: whole,
  slept: time,
  drawn: orNull(time),
  delay: orNull(time),
  memory: leaf('a list', noSchema, O.fromPredicate(isList))
})

const aState = tagged<BreakerState>('the state of a circuit breaker', {
  Closed: { period: whole, window: aCallWindow },
  Open: { period: whole, until: time, backoff },
  HalfOpen: { period: whole, running: whole, ...counts, backoff },
  Isolated: { period: whole }
})

// --- codecs

/**
 * What `save` of a circuit breaker gives, as an io-ts codec, to be part of others. It is written as it is, since it is plain
 * JSON data.
 *
 * It says that this is the state of some breaker. Whether it fits the options of the one that goes on from it is for
 * `restore` to say: a ring of 20 calls does not fit a window of 10.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import * as t from 'io-ts'
 * import { circuitBreaker } from 'reprise'
 * import { BreakerStateFromUnknown } from 'reprise/codec'
 *
 * const Saved = t.type({ service: t.string, breaker: BreakerStateFromUnknown })
 * const makeBreaker = circuitBreaker({ consecutiveFailures: 5 })
 *
 * const before = makeBreaker()
 * before.isolate()
 * const text = JSON.stringify(Saved.encode({ service: 'payments', breaker: before.save() }))
 *
 * const decoded = Saved.decode(JSON.parse(text))
 * assert(decoded._tag === 'Right')
 * const after = makeBreaker()
 * assert.deepEqual(after.restore(decoded.right.breaker)(), { _tag: 'Right', right: undefined })
 * assert.equal(after.status()._tag, 'Isolated')
 *
 * @category codecs
 * @since 0.3.0
 */
export const BreakerStateFromUnknown: t.Type<BreakerState> = /* #__PURE__ */ toCodec<
  BreakerState,
  BreakerState
>(aState, (state, context) =>
  pipe(
    toJson(state, context),
    E.flatMap((json) => aState.validate(json, context))
  )
)
