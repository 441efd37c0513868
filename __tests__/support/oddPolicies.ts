/** Policies whose functions break their word, and policies at the edges of what there is. */
import { pipe } from 'fp-ts/lib/function.js'
import * as r from 'reprise'
import { type Named, oddValues } from './oddValues.js'

const base = r.limitRetries(3)(r.fixed(10))

/** What a function of a policy may do: throw anything, or give anything. */
const functions = (): ReadonlyArray<Named<() => never>> => [
  ...oddValues().map(([name, value]) => [`gives ${name}`, () => value as never] as const),
  ...oddValues().map(
    ([name, value]) =>
      [
        `throws ${name}`,
        (): never => {
          throw value
        }
      ] as const
  ),
  ['rejects', () => Promise.reject(new Error('later')).catch(() => undefined) as never],
  [
    'gives a decoded Left of nonsense',
    () => ({ _tag: 'Left', left: [{ context: [null], value: 1 }] }) as never
  ],
  ['gives a window of nonsense', () => ({ from: NaN, to: Symbol('to') }) as never],
  ['gives a window that ends before it begins', () => ({ from: 10, to: 1 }) as never]
]

const parts: ReadonlyArray<Named<(f: () => never) => r.AnyPolicy>> = [
  ['custom', (f) => r.custom('mine', f)],
  ['mapDelay', (f) => r.mapDelay('mine', f)(base)],
  ['delayFrom', (f) => r.delayFrom(f, { max: 100 })(base)],
  ['retryOn', (f) => r.retryOn(f)(base)],
  ['abortOn', (f) => r.abortOn(f)(base)],
  ['when', (f) => r.when(f, base)(base)],
  ['retryUntil', (f) => r.retryUntil(f)(base)],
  ['retryUntil of a decoder', (f) => r.retryUntil({ name: 'odd', decode: f })(base)],
  ['retryOn down the causes', (f) => r.retryOn(r.anyCause(f))(base)]
]

const edges: ReadonlyArray<Named<r.RetryPolicy>> = [
  ['the longest wait', r.exponential(2 ** 53 - 1)],
  ['the steepest', r.exponential(1, 1e308)],
  ['the least', r.exponential(Number.MIN_VALUE, Number.MIN_VALUE)],
  ['the most retries', r.limitRetries(2 ** 53 - 1)(r.immediate)],
  ['no window', pipe(r.fixed(2 ** 53 - 1), r.withJitter(1), r.capDelay(0), r.floorDelay(2 ** 53 - 1))],
  ['no retries', pipe(r.never, r.limitRetries(0))],
  [
    'deep',
    Array.from({ length: 60 }).reduce<r.RetryPolicy>((p) => r.either(r.fixed(5))(r.both(r.fixed(1))(p)), base)
  ],
  ['long', Array.from({ length: 200 }).reduce<r.RetryPolicy>((p) => r.andThen(base)(p), base)]
]

/** Every part with every function, alone and in combinations. */
export const oddPolicies = (): ReadonlyArray<Named<r.RetryPolicy>> => [
  ...edges,
  ...parts.flatMap(([part, make]) =>
    functions().flatMap(([name, f]): ReadonlyArray<Named<r.RetryPolicy>> => {
      const policy = make(f) as r.RetryPolicy
      return [
        [`${part} that ${name}`, policy],
        [
          `${part} that ${name}, in a combination`,
          r.andThen(policy)(r.either(base)(r.both(r.withJitter(0.5)(policy))(base)))
        ]
      ]
    })
  )
]
