import { expect, it } from 'vitest';
import { actions, isAllowed, permissions, relations, type Action, type Relation } from './permissions';

const roles: Record<string, Relation[]> = {
  visitor: ['anonymous'],
  'customer, of others': ['anonymous', 'member'],
  'customer, own': ['anonymous', 'member', 'self', 'owner'],
  operator: ['anonymous', 'member', 'operator'],
};

const isAction = (name: string): name is Action => name in permissions;

it('gives each role exactly these actions', () => {
  const width = Math.max(...actions.map((action) => action.length));
  const rows = actions.filter(isAction).map((action) => {
    const who = Object.entries(roles).filter(([, held]) => isAllowed(action, held));
    return `${action.padEnd(width)} | ${who.map(([role]) => role).join(' | ')}`;
  });
  expect(`\n${rows.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    agent.download         | visitor | customer, of others | customer, own | operator
    agent.join             | visitor | customer, of others | customer, own | operator
    audit.list             | customer, of others | customer, own | operator
    cluster.list           | customer, of others | customer, own | operator
    cluster.update         | operator
    cluster.verify         | operator
    cluster.view           | operator
    disk.adopt             | operator
    events.stream          | customer, of others | customer, own | operator
    health.view            | visitor | customer, of others | customer, own | operator
    image.create           | operator
    image.list             | operator
    image.remove           | operator
    image.update           | operator
    instance.adopt         | operator
    instance.console       | customer, own | operator
    instance.convert       | operator
    instance.create        | customer, of others | customer, own | operator
    instance.createFor     | operator
    instance.disks         | customer, own | operator
    instance.failover      | operator
    instance.install       | customer, own | operator
    instance.list          | customer, of others | customer, own | operator
    instance.maintain      | operator
    instance.migrate       | operator
    instance.modify        | customer, own | operator
    instance.move          | operator
    instance.power         | customer, own | operator
    instance.recreateDisks | operator
    instance.remove        | customer, own | operator
    instance.repairMirror  | operator
    instance.replaceDisks  | operator
    instance.view          | customer, own | operator
    job.cancel             | customer, own | operator
    job.list               | customer, of others | customer, own | operator
    job.view               | customer, own | operator
    node.command           | operator
    node.evacuate          | operator
    node.fence             | operator
    node.join              | operator
    node.remove            | operator
    node.removeVolume      | operator
    node.update            | operator
    node.view              | operator
    nodeGroup.update       | operator
    overview.view          | operator
    password.change        | customer, own
    password.set           | visitor | customer, of others | customer, own | operator
    quota.update           | operator
    quota.view             | customer, own | operator
    session.view           | customer, of others | customer, own | operator
    user.create            | operator
    user.list              | operator
    user.update            | operator
    user.view              | customer, own | operator
    "
  `);
});

it('lets operators do everything that members may do', () => {
  const missing = actions
    .filter(isAction)
    .filter((action) => isAllowed(action, ['member']) && !isAllowed(action, ['operator']));
  expect(missing).toEqual([]);
});

it('knows only these relations and explains every action', () => {
  for (const { allows, says } of Object.values(permissions)) {
    expect(relations).toEqual(expect.arrayContaining([...allows]));
    expect(says).toMatch(/^[A-Z].+/);
  }
});
