import { createRouter, createWebHistory, type RouteLocationNormalized, type Router } from 'vue-router'
import { ApiProblem } from './api.ts'
import { fetchConsoleSettings } from './composables/useConsoleSettings.ts'
import { fetchMe } from './composables/useSession.ts'
import { withMoreWords } from './i18n.ts'
import { paths } from './routes.ts'

declare module 'vue-router' {
  interface RouteMeta {
    /** Readable without a session. */
    public?: boolean
    /** Without bar and header. */
    bare?: boolean
  }
}

const routes = [
  { path: paths.today, component: () => import('./pages/TodayPage.vue') },
  { path: paths.members, component: withMoreWords(() => import('./pages/MembersPage.vue')) },
  { path: paths.singleSignOn, component: withMoreWords(() => import('./pages/SingleSignOnPage.vue')) },
  { path: paths.returnAddresses, component: () => import('./pages/ReturnAddressesPage.vue') },
  { path: paths.serviceKeys, component: withMoreWords(() => import('./pages/ServiceKeysPage.vue')) },
  { path: paths.notifications, component: withMoreWords(() => import('./pages/NotificationsPage.vue')) },
  { path: paths.audit, component: () => import('./pages/AuditPage.vue') },
  { path: paths.profile, component: withMoreWords(() => import('./pages/ProfilePage.vue')) },
  {
    path: paths.signIn,
    component: () => import('./pages/SignInPage.vue'),
    meta: { public: true, bare: true },
  },
  {
    path: paths.secondStep,
    component: withMoreWords(() => import('./pages/SecondStepPage.vue')),
    meta: { public: true, bare: true },
  },
  {
    path: paths.setUpStep,
    component: withMoreWords(() => import('./pages/SetUpStepPage.vue')),
    meta: { public: true, bare: true },
  },
  {
    path: paths.forgotten,
    component: withMoreWords(() => import('./pages/ForgottenPage.vue')),
    meta: { public: true, bare: true },
  },
  {
    path: paths.invitation(':token'),
    component: withMoreWords(() => import('./pages/InvitationPage.vue')),
    props: true,
    meta: { public: true, bare: true },
  },
  { path: paths.services, component: () => import('./pages/ServicesPage.vue') },
  { path: paths.direct, component: withMoreWords(() => import('./pages/ServicePage.vue')) },
  { path: paths.authentication, component: withMoreWords(() => import('./pages/AuthenticationPage.vue')) },
  { path: paths.billing, component: () => import('./pages/BillingPage.vue') },
  {
    path: paths.tenant(':microsoftId'),
    component: withMoreWords(() => import('./pages/TenantPage.vue')),
    props: true,
  },
  {
    path: paths.attempt(':microsoftId', ':attemptId'),
    component: withMoreWords(() => import('./pages/AttemptPage.vue')),
    props: true,
  },
  { path: paths.reports(':microsoftId'), component: () => import('./pages/ReportsPage.vue'), props: true },
  {
    path: paths.report(':microsoftId', ':reportId'),
    component: withMoreWords(() => import('./pages/ReportPage.vue')),
    props: true,
  },
  {
    path: paths.customers(':microsoftId'),
    component: withMoreWords(() => import('./pages/CustomersPage.vue')),
    props: true,
  },
  { path: paths.permissions, component: withMoreWords(() => import('./pages/PermissionsPage.vue')) },
  {
    path: paths.help,
    component: withMoreWords(() => import('./pages/HelpPage.vue')),
    meta: { public: true },
  },
  {
    path: '/help/codes/:code',
    component: withMoreWords(() => import('./pages/HelpPage.vue')),
    props: true,
    meta: { public: true },
  },
  { path: '/:rest(.*)*', component: () => import('./pages/NotFoundPage.vue') },
]

export function buildRouter(): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  })
  router.beforeEach(requireSession)
  return router
}

/** Only a clear 401 leads to the sign-in; when the API does not answer, the page says so itself. */
async function requireSession(to: RouteLocationNormalized) {
  if (to.path.startsWith(paths.signIn)) return true
  try {
    await Promise.all([fetchMe(), fetchConsoleSettings()])
  } catch (error) {
    if (!to.meta.public && error instanceof ApiProblem && error.problem.code === 'second_step_needed')
      return { path: paths.setUpStep, query: { to: to.fullPath } }
    if (to.meta.public || !(error instanceof ApiProblem) || error.status !== 401) return true
    return { path: paths.signIn, query: { to: to.fullPath } }
  }
  return true
}
