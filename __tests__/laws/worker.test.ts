/** How the options of a worker come together: against a model of the precedence, by its laws, and against the core. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as fc from 'fast-check'
import {
  type AnyPolicy,
  capDelay,
  exponential,
  fibonacci,
  fixed,
  limitRetries,
  linear,
  PolicyEq,
  PolicyShow,
  retryOn,
  type RetryPolicy,
  retryUntil,
  withJitter
} from 'reprise'
import { type Level, levelOf, merge, readDefaults, readOptions, unset } from '../../src/worker/Level.js'
import { law, unless } from '../support/law.js'
import {
  defaults,
  type Description,
  functionsOf,
  type Given,
  given,
  makerOf,
  type OptionName,
  policiesOf,
  written
} from '../support/options.js'

type Policies = Readonly<Record<string, AnyPolicy>>

/** The policies of a worker; or the error that there is instead. */
const read = (make: () => Policies): E.Either<string, Policies> => E.tryCatch(make, (error) => String(error))

const policiesFor = ({ defaults, methods, options }: Given): E.Either<string, Policies> =>
  read(() => policiesOf(makerOf(written(defaults))(functionsOf(methods), written(options))))

/** How two workers differ: in a method's policy, or in whether there is an error. */
const difference = (
  one: E.Either<string, Policies>,
  other: E.Either<string, Policies>
): string | undefined => {
  if (E.isLeft(one) || E.isLeft(other)) {
    return unless(one._tag === other._tag, () => `${show(one)}\nagainst ${show(other)}`)
  }
  const methods = Object.keys(one.right)
  const differs = methods.find((method) => !PolicyEq.equals(one.right[method]!, other.right[method]!))
  return methods.length !== Object.keys(other.right).length || differs !== undefined
    ? `${differs}: ${show(one)}\nagainst ${show(other)}`
    : undefined
}

const show = (result: E.Either<string, Policies>): string =>
  E.isLeft(result)
    ? result.left
    : Object.entries(result.right)
        .map(([method, policy]) => `${method}: ${PolicyShow.show(policy)}`)
        .join('\n        ')

// --- the model

const simple: ReadonlyArray<OptionName> = [
  'numRetries',
  'retryAlgorithm',
  'retryWait',
  'retryJitter',
  'maxWait',
  'retryOn',
  'retryUntil'
]

/** What one level says of an option; `undefined` if nothing. */
type Says = (option: OptionName) => unknown

/** The levels of a method, the most specific first. */
const levelsOf = ({ defaults, options }: Given, method: string): ReadonlyArray<Says> => [
  (option) => find(options, option)?.own?.find(([name]) => name === method)?.[1],
  (option) => find(options, option)?.all,
  (option) => find(defaults, option)?.all
]

const find = (description: Description, option: OptionName) =>
  description.find((said) => said.option === option)

const isSet =
  (says: Says) =>
  (option: OptionName): boolean =>
    says(option) !== undefined

const contradictsItself = (says: Says): boolean => isSet(says)('policy') && simple.some(isSet(says))

/** The policy that a method should end up with. */
const expected = (levels: ReadonlyArray<Says>): AnyPolicy => {
  for (const says of levels) {
    if (isSet(says)('policy')) return says('policy') as AnyPolicy
    if (simple.some(isSet(says))) break
  }
  const value = <V>(option: OptionName, otherwise?: V): V =>
    (levels.map((says) => says(option)).find((said) => said !== undefined) ?? otherwise) as V
  return composed(value)
}

/** The policy that simple options stand for, written with the combinators. */
const composed = (value: <V>(option: OptionName, otherwise?: V) => V): RetryPolicy => {
  const schedules = { exponential, linear, fixed, fibonacci }
  const jitter = value<number>('retryJitter', 0.3)
  const max = value<number | undefined>('maxWait')
  const condition = value<typeof Error | undefined>('retryOn')
  const validator = value<(() => boolean) | undefined>('retryUntil')
  return pipe(
    schedules[value<'linear'>('retryAlgorithm', 'exponential' as 'linear')](value<number>('retryWait', 1000)),
    jitter === 0 ? same : withJitter(jitter),
    max === undefined ? same : capDelay(max),
    limitRetries(value<number>('numRetries', 0)),
    condition === undefined ? same : retryOn(condition),
    validator === undefined ? same : retryUntil(validator)
  )
}

const same = (policy: RetryPolicy): RetryPolicy => policy

const model = (all: Given): E.Either<string, Policies> =>
  all.methods.some((method) => levelsOf(all, method).some(contradictsItself))
    ? E.left('a policy and simple options on one level')
    : E.right(
        Object.fromEntries(all.methods.map((method) => [method, expected(levelsOf(all, method))] as const))
      )

describe('the policy of a method', () => {
  law('is that of the model: defaults < configure < * < own', [given], (all) =>
    difference(policiesFor(all), model(all))
  )

  law('if a level contradicts itself, the error names both options', [given], (all) => {
    const found = policiesFor(all)
    const named = /^TypeError: .* must not have policy and (\w+, )*\w+ on one level of precedence$/
    return unless(E.isRight(found) || named.test(found.left), () => show(found))
  })

  it('is tested where levels contradict themselves, and where policies and simple options win', () => {
    const kinds = fc.sample(given, { numRuns: 1000, seed: 1 }).flatMap((all) => {
      const result = model(all)
      if (E.isLeft(result)) return ['error']
      const policies = [...all.defaults, ...all.options].flatMap(({ all: one, own, option }) =>
        option === 'policy' ? [one, ...(own ?? []).map(([, value]) => value)] : []
      )
      return Object.values(result.right).map((policy) => (policies.includes(policy) ? 'policy' : 'simple'))
    })
    for (const kind of ['error', 'policy', 'simple']) {
      expect(kinds.filter((each) => each === kind).length).toBeGreaterThan(100)
    }
  })
})

describe("'*' acts as the default", () => {
  law("{ '*': v } for all methods is v", [given], ({ options, ...rest }) =>
    difference(
      policiesFor({ ...rest, options: options.map((said) => ({ ...said, own: undefined })) }),
      policiesFor({ ...rest, options: options.map((said) => ({ ...said, own: [] })) })
    )
  )

  law("{ '*': v } is v as the default of configure", [defaults, given], (description, { methods }) =>
    difference(
      policiesFor({ defaults: description, methods, options: [] }),
      policiesFor({ defaults: [], methods, options: description.map((said) => ({ ...said, own: [] })) })
    )
  )

  law("a method that is not named gets the '*'", [given], ({ defaults, methods, options }) => {
    const unnamed = policiesFor({ defaults, methods: [...methods, 'unnamed'], options })
    const alone = policiesFor({
      defaults,
      methods: ['unnamed'],
      options: options.map((said) => ({ ...said, own: undefined }))
    })
    // What methods have of their own can be an error.
    if (E.isLeft(unnamed)) return undefined
    const only = { unnamed: unnamed.right['unnamed']! }
    return difference(E.right(only), alone)
  })
})

describe('what does not matter', () => {
  law('undefined: it is as if it were not there', [given], ({ defaults, methods, options }) => {
    const isSaid = ([, value]: readonly [string, unknown]): boolean => value !== undefined
    const clean = (description: Description): Description =>
      description
        .map((said) => ({ ...said, own: said.own?.filter(isSaid) }))
        .filter(({ all, own = [] }) => all !== undefined || own.length > 0)
    return difference(
      policiesFor({ defaults, methods, options }),
      policiesFor({ defaults: clean(defaults), methods, options: clean(options) })
    )
  })

  law('the order of methods, options, and keys', [given], ({ defaults, methods, options }) =>
    difference(
      policiesFor({ defaults, methods, options }),
      policiesFor({
        defaults: [...defaults].reverse(),
        methods: [...methods].reverse(),
        options: [...options].reverse().map((said) => ({ ...said, own: said.own && [...said.own].reverse() }))
      })
    )
  )

  law("other methods' own options", [given], ({ defaults, methods, options }) => {
    const [method] = methods
    const together = policiesFor({ defaults, methods, options })
    if (E.isLeft(together)) return undefined
    const alone = policiesFor({
      defaults,
      methods: [method!],
      options: options.map((said) => ({ ...said, own: said.own?.filter(([name]) => name === method) }))
    })
    return difference(
      E.map((all: Policies) => Object.fromEntries(Object.entries(all).filter(([name]) => name === method)))(
        together
      ),
      alone
    )
  })
})

/** Freezes options and the records in them, so that writing to them throws. */
const frozen = (options: object): object => {
  for (const value of Object.values(options) as ReadonlyArray<unknown>) {
    if (typeof value === 'object' && value !== null && '*' in value) Object.freeze(value)
  }
  return Object.freeze(options)
}

/** The name of a method, which may be that of one of the prototype. */
const nameOf = (worker: object, method: string): unknown =>
  (Object.getOwnPropertyDescriptor(worker, method)?.value as { readonly name: string }).name

law('a worker is frozen and holds just the methods, and changes nothing that it is given', [given], (all) => {
  const inputs = () => [written(all.defaults), functionsOf(all.methods), written(all.options)] as const
  const [defaults, functions, options] = inputs().map(frozen)
  const before = fc.stringify([defaults, options])
  const worker = E.tryCatch(() => makerOf(defaults!)(functions!, options!), String)
  if (fc.stringify([defaults, options]) !== before) return 'the options have changed'
  if (E.isLeft(worker)) return unless(model(all)._tag === 'Left', () => worker.left)
  const methods = Object.keys(worker.right)
  return unless(
    Object.isFrozen(worker.right) &&
      Object.getPrototypeOf(worker.right) === Object.prototype &&
      [...methods].sort().join() === [...all.methods].sort().join() &&
      methods.every((name) => nameOf(worker.right, name) === name),
    () => `it has ${methods.join()}`
  )
})

/** Empties options, with the records and lists in them. */
const emptied = (options: object): void => {
  for (const value of Object.values(options) as ReadonlyArray<unknown>) {
    if (Array.isArray(value)) value.push('added')
    else if (typeof value === 'object' && value !== null && '*' in value) emptied(value)
  }
  for (const key of Object.keys(options)) Reflect.deleteProperty(options, key)
}

/** Copies lists, which other cases share. */
const copied = (description: Description): Description =>
  description.map((said) => ({
    ...said,
    all: copyOf(said.all),
    own: said.own?.map(([name, value]) => [name, copyOf(value)] as const)
  }))

const copyOf = (value: unknown): unknown => (Array.isArray(value) ? [...(value as unknown[])] : value)

law('what a worker was given can change later without any effect on it', [given], (all) => {
  const [defaults, options] = [copied(all.defaults), copied(all.options)].map(written)
  const functions = functionsOf(all.methods)
  return difference(
    read(() => {
      const make = makerOf(defaults!)
      emptied(defaults!)
      const worker = make(functions, options!)
      emptied(options!)
      emptied(functions)
      return policiesOf(worker)
    }),
    policiesFor(all)
  )
})

describe('levels', () => {
  const levels = defaults
    .filter((description) => !contradictsItself((option) => find(description, option)?.all))
    .map((description) => readDefaults(written(description)))

  /** How two levels differ: in what is set, and by what the retries are timed. */
  const differ = (one: Level, other: Level): string | undefined => {
    const [a, b] = [one, other].map(({ options }) =>
      Object.entries(options).sort(([left], [right]) => (left < right ? -1 : 1))
    )
    const agree =
      one.timing === other.timing &&
      a!.length === b!.length &&
      a!.every(([name, value], i) => name === b![i]![0] && Object.is(value, b![i]![1]))
    return unless(agree, () => `${fc.stringify(one)}\nagainst ${fc.stringify(other)}`)
  }

  law('merging is associative', [levels, levels, levels], (a, b, c) =>
    differ(merge(merge(a, b), c), merge(a, merge(b, c)))
  )

  law(
    'the level that says nothing is the unit of merging, on both sides',
    [levels],
    (level) => differ(merge(unset, level), level) ?? differ(merge(level, unset), level)
  )

  law('merging a level with itself changes nothing', [levels], (level) => differ(merge(level, level), level))

  law('a level that wins once wins for good: a < b < a is b < a', [levels, levels], (a, b) =>
    differ(merge(merge(a, b), a), merge(b, a))
  )

  law('what all levels come to is one level, merged beforehand or not', [levels, given], (below, all) => {
    const options = E.tryCatch(() => readOptions(written(all.options)), String)
    if (E.isLeft(options)) return undefined
    const nothing = { all: unset, own: new Map<string, Level>() }
    for (const method of all.methods) {
      const own = options.right.own.get(method) ?? unset
      const merged = merge(merge(below, options.right.all), own)
      const found = differ(levelOf(below, options.right, method), levelOf(merged, nothing, method))
      if (found !== undefined) return found
    }
    return undefined
  })
})
