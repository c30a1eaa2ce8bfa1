/** Who may import whom. `apps → db → core`; the console takes types only; the simulator knows nothing of the product. */
export default {
  forbidden: [
    {
      name: 'core-stands-alone',
      comment: 'The domain knows no server, no database and no app.',
      severity: 'error',
      from: { path: '^packages/core/src' },
      to: { path: '^(apps|tooling|packages/(?!core/src))' },
    },
    {
      name: 'core-has-few-libraries',
      severity: 'error',
      from: { path: '^packages/core/src' },
      to: {
        path: 'node_modules',
        pathNot:
          'node_modules/(@azure/msal-node|jose|zod|big\\.js|canonicalize|@types/big\\.js|temporal-polyfill)/',
      },
    },
    {
      name: 'db-knows-no-app',
      severity: 'error',
      from: { path: '^packages/db/src' },
      to: { path: '^(apps|tooling)' },
    },
    {
      name: 'apps-do-not-meet',
      comment: 'What two apps need belongs into a package.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-product-code-knows-the-simulator',
      comment: 'The product meets Microsoft, real or simulated, through its addresses only.',
      severity: 'error',
      from: { path: '^(apps|packages)/[^/]+/src' },
      to: { path: '^tooling' },
    },
    {
      name: 'the-simulator-knows-nothing-of-ours',
      comment: 'So that it cannot share our mistakes.',
      severity: 'error',
      from: { path: '^tooling/microsoft' },
      to: { path: '^(apps|packages|tooling/(?!microsoft))' },
    },
    {
      name: 'the-console-takes-types-only',
      severity: 'error',
      from: { path: '^apps/web/src' },
      to: { path: '^(packages|tooling)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: { pathNot: '\\.vue$' },
      to: { couldNotResolve: true, pathNot: '^(vite/client|virtual:)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|/migrations/)' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
}
