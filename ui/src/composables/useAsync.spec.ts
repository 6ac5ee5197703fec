import { describe, expect, it } from 'vitest'
import { effectScope } from 'vue'
import { useAsync } from './useAsync'

function later<T>() {
  let resolve: (value: T) => void = () => {}
  let reject: (failure: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

describe('useAsync', () => {
  it('keeps only the answer to the latest call', async () => {
    const answers = [later<string>(), later<string>()]
    let calls = 0
    const scope = effectScope()
    const { data, loading, run } = scope.run(() => useAsync(() => answers[calls++]!.promise))!
    const first = run()
    const second = run()
    answers[1]!.resolve('new')
    answers[0]!.resolve('old')
    await Promise.all([first, second])
    expect(data.value).toBe('new')
    expect(loading.value).toBe(false)
    scope.stop()
  })

  it('keeps what it has when a later call fails', async () => {
    let fail = false
    const scope = effectScope()
    const { data, error, run } = scope.run(() =>
      useAsync(async () => {
        if (fail) throw new Error('gone')
        return 1
      }),
    )!
    await run()
    fail = true
    await run()
    expect(data.value).toBe(1)
    expect(error.value).toBeInstanceOf(Error)
    scope.stop()
  })

  it('aborts the request when its owner goes', async () => {
    let aborted = false
    const scope = effectScope()
    const { run } = scope.run(() =>
      useAsync((signal) => {
        signal.addEventListener('abort', () => (aborted = true))
        return new Promise<void>(() => {})
      }),
    )!
    void run()
    scope.stop()
    expect(aborted).toBe(true)
  })
})
