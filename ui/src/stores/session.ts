import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import * as sessions from '@/api/session'
import type { Session } from '@/api/types'

export const useSession = defineStore('session', () => {
  const session = ref<Session>()
  const signedIn = computed(() => session.value?.signedIn ?? false)
  const signInRequired = computed(() => session.value?.signInRequired ?? true)
  const user = computed(() => session.value?.user ?? '')
  const displayName = computed(() => session.value?.displayName ?? '')
  // Administrator of the server.
  const admin = computed(() => session.value?.admin ?? false)
  const providers = computed(() => session.value?.providers ?? [])

  // Asks the server once; `load` again after a sign-out elsewhere.
  async function load(): Promise<void> {
    session.value = await sessions.getSession()
  }

  async function signIn(name: string, password: string): Promise<void> {
    session.value = await sessions.signIn(name, password)
  }

  async function signOut(): Promise<void> {
    await sessions.signOut()
    forget()
  }

  function forget(): void {
    session.value = { signedIn: false, signInRequired: true, providers: session.value?.providers }
  }

  return { session, signedIn, signInRequired, user, displayName, admin, providers, load, signIn, signOut, forget }
})
