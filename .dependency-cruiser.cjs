// Who may import whom, as drawn in docs/rooms.md: three programs that agree only on contract/, and rooms inside each.
// Imports of types count like any other. Tests may reach for tools/ and for what they exercise.

const tests = '\\.(test|e2e|lab)\\.tsx?$|(^|/)testing/';
const rooms = '^(agents|app|bench|client|components|contract|e2e|lab|server|tools)/';
const entryPoints = '^server/(web|engine|bootstrap)\\.ts$';
const serverBasics = '^server/(env|log)\\.ts$';

/** A room that may import only what is listed, of our own code. */
function onlyInto(name, { from, fromNot, to, comment }) {
  return {
    name,
    severity: 'error',
    comment,
    from: { path: from, pathNot: [tests, ...(fromNot ?? [])] },
    to: { path: rooms, pathNot: to },
  };
}

/** Code that only its owners may import. */
function ownedBy(name, { target, owners, comment }) {
  return {
    name,
    severity: 'error',
    comment,
    from: { path: rooms, pathNot: [tests, ...owners] },
    to: { path: target },
  };
}

const programs = [
  onlyInto('contract-imports-contract', { from: '^contract/', to: ['^contract/'] }),
  onlyInto('client', { from: '^client/', to: ['^(client|contract)/'] }),
  onlyInto('components-ui', { from: '^components/ui/', to: ['^components/ui/'] }),
  onlyInto('components-form-and-table', {
    from: '^components/(form|table)/',
    to: ['^components/(ui|form|table)/', '^contract/'],
  }),
  onlyInto('components-of-a-resource', {
    from: '^components/',
    fromNot: ['^components/(ui|form|table)/'],
    to: ['^(components|client|contract)/'],
  }),
  onlyInto('app-pages', {
    from: '^app/',
    fromNot: ['^app/api/'],
    to: ['^app/(?!api/)', '^(components|client|contract)/', '^server/(usecases|auth)/'],
  }),
  onlyInto('app-api', {
    from: '^app/api/',
    to: ['^app/api/', '^contract/', '^server/(http|usecases|auth|events)/'],
  }),
  onlyInto('server-sees-neither-browser-nor-agent', { from: '^server/', to: ['^(server|contract)/'] }),
  onlyInto('agents-see-only-the-contract', { from: '^agents/', to: ['^(agents|contract)/'] }),
  onlyInto('end-to-end-tests', {
    from: '^e2e/',
    to: ['^(e2e|contract|tools)/'],
    comment: 'The end-to-end tests use the product from outside.',
  }),
  onlyInto('lab', {
    from: '^lab/',
    to: ['^(lab|contract|tools)/', '^agents/os/tiny-(build|modules)\\.ts$', '^agents/tools/apt/parse\\.ts$'],
    comment:
      'The lab is a place for the product, which it uses from outside; only the tiny OS comes with the image of its nodes.',
  }),
  onlyInto('tools', { from: '^tools/', to: ['^(tools|contract)/'] }),
];

const serverRooms = [
  [
    'usecases',
    '^server/(usecases|auth|images|install|jobs|quotas|placement|db|events)/|^server/agents/(ca|control-identity)\\.ts$|^server/console/tickets\\.ts$',
  ],
  [
    'operations',
    '^server/(operations|verify|agents|images|placement|quotas|db)/|^server/jobs/operation\\.ts$',
  ],
  ['verify', '^server/(verify|operations|agents|placement|quotas|db)/'],
  ['images', '^server/images/'],
  ['install', '^server/install/'],
  ['jobs', '^server/(jobs|db|events)/'],
  ['watchers', '^server/(watchers|agents|jobs|db|events)/'],
].map(([room, allowed]) =>
  onlyInto(`server-${room}`, { from: `^server/${room}/`, to: ['^contract/', serverBasics, allowed] }),
);

const insideServer = [
  ...serverRooms,
  onlyInto('server-placement-is-pure', {
    from: '^server/placement/',
    to: ['^contract/', '^server/placement/'],
  }),
  ownedBy('agent-client', {
    // Keys and certificates call no agent.
    target: '^server/agents/(?!ca\\.ts|control-identity\\.ts)',
    owners: ['^server/(agents|operations|verify|watchers|console)/', entryPoints],
  }),
  {
    name: 'nobody-imports-an-entry-point',
    severity: 'error',
    from: { path: rooms, pathNot: tests },
    to: { path: entryPoints },
  },
];

const drivers = '(hypervisors|storage|network|os)';

const insideAgents = [
  {
    name: 'agent-tools-know-no-driver',
    severity: 'error',
    from: { path: '^agents/tools/', pathNot: tests },
    to: { path: `^agents/(calls|${drivers})/` },
  },
  {
    name: 'agent-drivers-know-no-call',
    severity: 'error',
    from: { path: `^agents/${drivers}/`, pathNot: tests },
    to: { path: '^agents/calls/' },
  },
  {
    name: 'storage-does-not-see-hypervisors',
    severity: 'error',
    from: { path: '^agents/storage/', pathNot: tests },
    to: { path: '^agents/hypervisors/' },
  },
  {
    name: 'hypervisors-do-not-see-storage',
    severity: 'error',
    from: { path: '^agents/hypervisors/', pathNot: tests },
    to: { path: '^agents/storage/' },
  },
];

const packagesAndCore = [
  {
    name: 'contract-of-packages-only-zod',
    severity: 'error',
    from: { path: '^contract/', pathNot: tests },
    to: { path: 'node_modules/', pathNot: 'node_modules/zod/' },
  },
  {
    name: 'contract-has-no-node-core',
    severity: 'error',
    from: { path: '^contract/', pathNot: tests },
    to: { dependencyTypes: ['core'] },
  },
  ownedBy('generated-prisma-client', { target: '^server/db/generated/', owners: ['^server/db/'] }),
  ownedBy('prisma-packages', { target: 'node_modules/@prisma/', owners: ['^server/db/', '^tools/'] }),
  ownedBy('child-process', {
    target: '^(node:)?child_process$',
    owners: ['^agents/tools/run\\.ts$', '^(tools|e2e|bench|lab)/'],
  }),
  ownedBy('react-and-next', {
    target:
      'node_modules/(@types/react|react|react-dom|next|next-auth|next-intl|next-themes|nuqs|sonner|radix-ui|lucide-react|@tanstack/react-[^/]+)/',
    owners: [
      '^(app|components|client)/',
      '^server/(http|auth)/',
      '^server/web\\.ts$',
      '(^|/)i18n[^/]*\\.tsx?$',
    ],
  }),
];

const everywhere = [
  { name: 'no-circular', severity: 'error', from: { path: rooms }, to: { circular: true } },
  { name: 'not-to-unresolvable', severity: 'error', from: { path: rooms }, to: { couldNotResolve: true } },
];

module.exports = {
  forbidden: [...programs, ...insideServer, ...insideAgents, ...packagesAndCore, ...everywhere],
  options: {
    doNotFollow: { path: ['node_modules', '^server/db/generated/'] },
    exclude: { path: '^(\\.next|\\.cache|dist|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
    skipAnalysisNotInRules: true,
  },
};
