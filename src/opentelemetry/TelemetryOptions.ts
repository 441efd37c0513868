import type { Attributes, Meter, Tracer } from '@opentelemetry/api'
import { invalid, known } from '../policy/argument.js'
import type { Context } from '../policy/Failure.js'

// --- model

/**
 * Where measurements go.
 *
 * @category model
 * @since 0.3.0
 */
export interface MeterOptions {
  /** Makes the instruments; that of the global API under the name `reprise` if not set. */
  readonly meter?: Meter | undefined
}

/**
 * Where spans and measurements go, and what spans are called.
 *
 * @category model
 * @since 0.3.0
 */
export interface TelemetryOptions extends MeterOptions {
  /** Starts the spans; that of the global API under the name `reprise` if not set. */
  readonly tracer?: Tracer | undefined
  /** What a span is called: a text, or a function of the call; the name of the function if not set. */
  readonly spanName?: string | ((context: Context) => string) | undefined
  /**
   * What else to say on the span about a call, known when it begins: `name`, `args`, and of which `attempt` it is, if a retry is
   * around. Metrics do not have it, since arguments may be any number.
   */
  readonly attributes?: ((context: Context) => Attributes) | undefined
  /** Whether to measure as well; `true` if not set. */
  readonly metrics?: boolean | undefined
}

// --- checks

/** Gives the options; throws a `TypeError` or `RangeError` that names one that is bad. */
export const checkTelemetryOptions = (who: string, options: TelemetryOptions): TelemetryOptions => {
  known(who, options, ['tracer', 'meter', 'spanName', 'attributes', 'metrics'])
  const { tracer, spanName, attributes, metrics } = options
  if (tracer !== undefined && typeof (tracer as Partial<Tracer> | null)?.startSpan !== 'function')
    invalid(`${who}: tracer`, 'a Tracer', tracer)
  checkMeter(who, options)
  if (
    spanName !== undefined &&
    typeof spanName !== 'function' &&
    (typeof spanName !== 'string' || spanName === '')
  )
    invalid(`${who}: spanName`, 'a text, or a function of the call', spanName)
  if (attributes !== undefined && typeof attributes !== 'function')
    invalid(`${who}: attributes`, 'a function of the call', attributes)
  if (metrics !== undefined && typeof metrics !== 'boolean')
    invalid(`${who}: metrics`, 'true or false', metrics)
  return options
}

/** Gives the options; throws a `TypeError` that names one that is bad. */
export const checkMeterOptions = (who: string, options: MeterOptions): MeterOptions => {
  known(who, options, ['meter'])
  checkMeter(who, options)
  return options
}

const checkMeter = (who: string, { meter }: MeterOptions): void => {
  if (meter !== undefined && typeof (meter as Partial<Meter> | null)?.createCounter !== 'function')
    invalid(`${who}: meter`, 'a Meter', meter)
}
