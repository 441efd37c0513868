/** Controls as elements of a form. */
import type { Control } from './controls.js'
import { h } from './dom.js'

/** A control in the page; `show` brings it in line with what is set. */
export interface Shown<S> {
  readonly element: HTMLElement
  readonly show: (settings: S) => void
}

/** Makes the element of a control; `change` is told how what is set changes. */
export const toElement = <S>(
  control: Control<S>,
  prefix: string,
  change: (next: (settings: S) => S) => void
): Shown<S> => {
  const id = `${prefix}-${control.key}-${control._tag}`
  const label = h('label', { for: id }, control.label)
  const shown = inputOf(control, id, label, change)
  return {
    element: shown.element,
    show: (settings) => {
      shown.element.hidden = !control.isShown(settings)
      shown.show(settings)
    }
  }
}

const inputOf = <S>(
  control: Control<S>,
  id: string,
  label: HTMLLabelElement,
  change: (next: (settings: S) => S) => void
): Shown<S> => {
  // What is set stands in the address: browsers need not remember it.
  const given = { id, autocomplete: 'off' }
  switch (control._tag) {
    case 'slider': {
      const input = h('input', {
        ...given,
        type: 'range',
        min: '0',
        max: String(control.stops - 1),
        step: '1'
      })
      const output = h('output', { for: id })
      input.addEventListener('input', () => {
        change((settings) => control.move(settings, input.valueAsNumber))
      })
      return {
        element: h('div', { class: 'control slider' }, label, output, input),
        show: (settings) => {
          input.value = String(control.at(settings))
          input.setAttribute('aria-valuetext', control.text(settings))
          output.textContent = control.text(settings)
        }
      }
    }
    case 'choice': {
      const select = h(
        'select',
        given,
        ...control.choices.map(([value, text]) => h('option', { value }, text))
      )
      select.addEventListener('change', () => {
        change((settings) => control.choose(settings, select.value))
      })
      return {
        element: h('div', { class: 'control choice' }, label, select),
        show: (settings) => {
          select.value = control.chosen(settings)
        }
      }
    }
    case 'switch': {
      const input = h('input', { ...given, type: 'checkbox' })
      input.addEventListener('change', () => {
        change((settings) => control.turn(settings, input.checked))
      })
      return {
        element: h('div', { class: 'control switch' }, input, label),
        show: (settings) => {
          input.checked = control.isOn(settings)
        }
      }
    }
    case 'amount': {
      const input = h('input', { ...given, type: 'number', min: '0', max: '999999999', step: '1' })
      input.addEventListener('input', () => {
        if (input.value !== '') change((settings) => control.set(settings, input.valueAsNumber))
      })
      return {
        element: h('div', { class: 'control amount' }, label, input),
        show: (settings) => {
          // Who is typing is not interrupted.
          if (input !== document.activeElement || input.value !== '')
            input.value = String(control.value(settings))
        }
      }
    }
  }
}
