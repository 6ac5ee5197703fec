import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/client'
import ConfirmDanger from './ConfirmDanger.vue'

function open(run: () => Promise<void>, typed = false) {
  return mount(ConfirmDanger, {
    props: {
      modelValue: true,
      title: 'Delete',
      name: 'team/app',
      text: 'All tags go.',
      action: 'Delete it',
      typed,
      run,
    },
    attachTo: document.body,
  })
}

const submit = () => document.querySelector<HTMLButtonElement>('button[type=submit]')!

afterEach(() => (document.body.innerHTML = ''))

describe('ConfirmDanger', () => {
  it('names the thing', async () => {
    open(async () => {})
    await flushPromises()
    expect(document.body.textContent).toContain('team/app')
  })

  it('wants the name typed where much would be lost', async () => {
    const run = vi.fn(async () => {})
    open(run, true)
    await flushPromises()
    expect(submit().disabled).toBe(true)
    const input = document.querySelector('input')!
    input.value = 'team/app'
    input.dispatchEvent(new Event('input'))
    await flushPromises()
    expect(submit().disabled).toBe(false)
    document.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }))
    await flushPromises()
    expect(run).toHaveBeenCalledOnce()
  })

  it('stays open and says why when it did not work', async () => {
    const wrapper = open(async () => Promise.reject(new ApiError('conflict', 'a push goes on', 409)))
    await flushPromises()
    document.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }))
    await flushPromises()
    expect(document.body.textContent).toContain('a push goes on')
    expect(wrapper.emitted('update:modelValue')).toBeUndefined()
  })
})
