import { counted, printable, wrap } from './Layout.js'
import type { Paint } from './Paint.js'
import { nameOfFile } from './renderProblems.js'
import type { Checked } from './Report.js'

/** Says in one line that all is well, or what is to be warned of. */
export const renderChecked =
  (paint: Paint, width: number) =>
  (file: string, policies: ReadonlyArray<Checked>): string => {
    const warnings = policies.flatMap(({ method, warnings }) =>
      warnings.flatMap(({ rule, message }) => {
        const where = method === null ? '' : `${printable(method)}: `
        return wrap(`${nameOfFile(file)}: warning: ${where}${printable(message)} (${rule})`, width, '  ').map(
          (line, i) => (i === 0 ? line.replace(': warning: ', `: ${paint.warning('warning')}: `) : line)
        )
      })
    )
    const count = policies.flatMap((each) => each.warnings).length
    return count === 0
      ? `${paint.good('ok')} ${nameOfFile(file)}: ${contents(policies)}\n`
      : `${warnings.join('\n')}\n\n${counted(count, 'warning')}\n`
  }

const contents = (policies: ReadonlyArray<Checked>): string => {
  const methods = policies.flatMap(({ method }) => (method === null ? [] : [printable(method)]))
  return methods.length === 0 ? 'a policy' : `options of a worker, for ${methods.join(', ')}`
}
