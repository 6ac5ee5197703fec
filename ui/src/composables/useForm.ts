import { nextTick, ref, shallowRef, type Ref, type ShallowRef } from 'vue'

export interface Form<Field extends string> {
  // The text of what is wrong with a field; nothing before the first attempt.
  problem: (field: Field) => string | undefined
  busy: Ref<boolean>
  failure: ShallowRef<unknown>
  reset: () => void
  // Runs `save` unless something is wrong; the first such field is then under the cursor.
  submit: (save: () => Promise<void>) => Promise<void>
}

// A form that tells what is wrong from the first attempt on. `problems` has keys of texts by field.
export function useForm<Field extends string>(
  form: Readonly<Ref<HTMLFormElement | null>>,
  problems: Readonly<Ref<Partial<Record<Field, string>>>>,
  textOf: (key: string) => string,
): Form<Field> {
  const shown = ref(false)
  const busy = ref(false)
  const failure = shallowRef<unknown>()

  function problem(field: Field): string | undefined {
    const key = problems.value[field]
    return shown.value && key ? textOf(key) : undefined
  }

  function reset(): void {
    shown.value = false
    failure.value = undefined
  }

  async function submit(save: () => Promise<void>): Promise<void> {
    if (busy.value) return
    failure.value = undefined
    shown.value = true
    if (Object.values(problems.value).some(Boolean)) {
      await nextTick()
      form.value?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
      return
    }
    busy.value = true
    try {
      await save()
      shown.value = false
    } catch (error) {
      failure.value = error
    } finally {
      busy.value = false
    }
  }

  return { problem, busy, failure, reset, submit }
}
