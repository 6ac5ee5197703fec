import { describe, expect, it, vi } from 'vitest'
import { computed, ref } from 'vue'
import { useForm } from './useForm'

function make(problems: Record<string, string>) {
  const element = document.createElement('form')
  element.innerHTML = '<input id="good" /><input id="bad" aria-invalid="true" />'
  document.body.append(element)
  return useForm(
    ref(element),
    computed(() => problems),
    (key) => `text of ${key}`,
  )
}

describe('useForm', () => {
  it('tells what is wrong from the first attempt on, and where', async () => {
    const form = make({ name: 'missing' })
    const save = vi.fn(async () => {})
    expect(form.problem('name')).toBeUndefined()
    await form.submit(save)
    expect(save).not.toHaveBeenCalled()
    expect(form.problem('name')).toBe('text of missing')
    expect(document.activeElement?.id).toBe('bad')
    form.reset()
    expect(form.problem('name')).toBeUndefined()
  })

  it('saves once at a time', async () => {
    const form = make({})
    let finish = () => {}
    const save = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)))
    const first = form.submit(save)
    void form.submit(save)
    expect(form.busy.value).toBe(true)
    finish()
    await first
    expect(save).toHaveBeenCalledOnce()
    expect(form.busy.value).toBe(false)
  })

  it('keeps why it did not work, until the next attempt', async () => {
    const form = make({})
    await form.submit(async () => Promise.reject(new Error('taken')))
    expect(form.failure.value).toEqual(new Error('taken'))
    await form.submit(async () => {})
    expect(form.failure.value).toBeUndefined()
  })
})
