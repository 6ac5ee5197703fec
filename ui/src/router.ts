import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router'
import { safeNext } from './pages/login/next'
import type { SectionName } from './layout/sections'
import { useSession } from './stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    // A key of the locales: what the window's title says.
    title?: string
    public?: boolean
    // Which entry of the navigation is lit.
    section?: SectionName
    // For administrators of the server only; others are told so in its place.
    admin?: boolean
  }
}

// A repository's name has slashes; what belongs to it follows /-/. The router wants inner brackets escaped.
const repository = String.raw`:repository((?:(?!/-/\).\)+)`

const routes: RouteRecordRaw[] = [
  {
    path: '/login',
    name: 'login',
    component: () => import('./pages/login/index.vue'),
    meta: { public: true, title: 'login.title' },
  },
  {
    path: '/',
    component: () => import('./layout/AppLayout.vue'),
    children: [
      {
        path: '',
        name: 'overview',
        component: () => import('./pages/overview/index.vue'),
        meta: { section: 'overview', title: 'overview.title' },
      },
      {
        path: 'images',
        name: 'images',
        component: () => import('./pages/images/index.vue'),
        meta: { section: 'images', title: 'images.title' },
      },
      {
        path: `images/${repository}/-/:reference`,
        name: 'image',
        component: () => import('./pages/images/detail.vue'),
        props: true,
        meta: { section: 'images', title: 'images.title' },
      },
      {
        path: `images/${repository}`,
        name: 'repository',
        component: () => import('./pages/images/repository.vue'),
        props: true,
        meta: { section: 'images', title: 'images.title' },
      },
      {
        path: 'projects',
        name: 'projects',
        component: () => import('./pages/projects/index.vue'),
        meta: { section: 'projects', title: 'projects.title' },
      },
      {
        path: 'projects/:project',
        name: 'project',
        component: () => import('./pages/projects/detail.vue'),
        props: true,
        meta: { section: 'projects', title: 'projects.title' },
      },
      {
        path: 'registries',
        name: 'registries',
        component: () => import('./pages/registries/index.vue'),
        meta: { section: 'registries', title: 'registries.title' },
      },
      {
        path: 'registries/:id',
        name: 'registry',
        component: () => import('./pages/registries/detail.vue'),
        props: true,
        meta: { section: 'registries', title: 'registries.title' },
      },
      {
        path: 'operations',
        name: 'operations',
        component: () => import('./pages/operations/index.vue'),
        meta: { section: 'operations', title: 'operations.title' },
      },
      {
        path: 'operations/:id',
        name: 'operation',
        component: () => import('./pages/operations/detail.vue'),
        props: true,
        meta: { section: 'operations', title: 'operations.title' },
      },
      {
        path: 'profile',
        name: 'profile',
        component: () => import('./pages/profile/index.vue'),
        meta: { title: 'profile.title' },
      },
      {
        path: 'users',
        name: 'users',
        component: () => import('./pages/users/index.vue'),
        meta: { section: 'users', title: 'users.title', admin: true },
      },
      {
        path: 'robots',
        name: 'robots',
        component: () => import('./pages/robots/index.vue'),
        meta: { section: 'robots', title: 'robots.title', admin: true },
      },
      {
        path: 'audit',
        name: 'audit',
        component: () => import('./pages/audit/index.vue'),
        meta: { section: 'audit', title: 'audit.title', admin: true },
      },
      {
        path: 'settings',
        name: 'settings',
        component: () => import('./pages/settings/index.vue'),
        meta: { section: 'settings', title: 'settings.title', admin: true },
      },
      {
        path: ':path(.*)*',
        name: 'missing',
        component: () => import('./pages/missing/index.vue'),
        meta: { title: 'common.missing.title' },
      },
    ],
  },
]

export function createAppRouter(): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior(to, from, saved) {
      if (saved) return saved
      return to.path === from.path ? {} : { top: 0 }
    },
  })
  router.beforeEach(async (to) => {
    const session = useSession()
    if (!session.session) await session.load()
    if (to.meta.public) return session.signedIn ? safeNext(to.query.next) : true
    return session.signedIn ? true : { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  })
  return router
}
