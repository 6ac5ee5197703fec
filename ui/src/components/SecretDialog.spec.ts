import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import SecretDialog from './SecretDialog.vue'

afterEach(() => (document.body.innerHTML = ''))

describe('SecretDialog', () => {
  it('shows the secret, how it is used, and closes by its button only', async () => {
    const dialog = mount(SecretDialog, {
      props: {
        modelValue: true,
        title: 'Secret of ci',
        secret: 'cang_robot_1',
        label: 'Secret',
        lines: ['docker login'],
      },
      attachTo: document.body,
    })
    await flushPromises()
    expect(document.body.textContent).toContain('cang_robot_1')
    expect(document.body.textContent).toContain('docker login')
    expect(document.querySelector('.el-dialog__headerbtn')).toBeNull()
    document.querySelector<HTMLElement>('.el-dialog__footer button')!.click()
    expect(dialog.emitted('update:modelValue')).toEqual([[false]])
    dialog.unmount()
  })
})
