import { paintOf } from '../../../src/cli/Paint.js'
import { renderChecked } from '../../../src/cli/renderChecked.js'
import type { Checked } from '../../../src/cli/Report.js'

const checked = (method: string | null, ...messages: ReadonlyArray<string>): Checked => ({
  method,
  attemptTimeout: null,
  timeout: null,
  code: 'fixed(1000)',
  warnings: messages.map((message) => ({ rule: 'never-stops', message }))
})

const render = (policies: ReadonlyArray<Checked>, width = 60, coloured = false) =>
  renderChecked(paintOf(coloured), width)('a.yaml', policies).split('\n')

describe('renderChecked', () => {
  test('a good policy -> one line', () => {
    expect(render([checked(null)])).toEqual(['ok a.yaml: a policy', ''])
  })

  test('good options of a worker -> one line, of which methods', () => {
    expect(render([checked('*'), checked('read')])).toEqual([
      'ok a.yaml: options of a worker, for *, read',
      ''
    ])
  })

  test('warnings -> each with its method and rule, and their number', () => {
    expect(
      render([checked('*'), checked('read', 'Never stops while failures go on: add limitRetries.')])
    ).toEqual([
      'a.yaml: warning: read: Never stops while failures go on: add',
      '  limitRetries. (never-stops)',
      '',
      '1 warning',
      ''
    ])
    expect(render([checked(null, 'One.', 'Two.')])).toEqual([
      'a.yaml: warning: One. (never-stops)',
      'a.yaml: warning: Two. (never-stops)',
      '',
      '2 warnings',
      ''
    ])
  })

  test('in colour -> only words of state', () => {
    expect(render([checked(null)], 60, true)[0]).toBe('\u001b[32mok\u001b[39m a.yaml: a policy')
    expect(render([checked(null, 'One.')], 60, true)[0]).toBe(
      'a.yaml: \u001b[33mwarning\u001b[39m: One. (never-stops)'
    )
  })
})
