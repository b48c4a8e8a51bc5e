// All texts in English, one file for each namespace. Another language is a sibling of this file with the same namespaces.
import account from './en/account.json';
import activity from './en/activity.json';
import auth from './en/auth.json';
import clusters from './en/clusters.json';
import console from './en/console.json';
import form from './en/form.json';
import frame from './en/frame.json';
import images from './en/images.json';
import instances from './en/instances.json';
import jobs from './en/jobs.json';
import machine from './en/machine.json';
import mirrors from './en/mirrors.json';
import moves from './en/moves.json';
import nodes from './en/nodes.json';
import overview from './en/overview.json';
import reasons from './en/reasons.json';
import states from './en/states.json';
import table from './en/table.json';
import ui from './en/ui.json';
import upkeep from './en/upkeep.json';
import users from './en/users.json';
import verify from './en/verify.json';

export const en = {
  account,
  activity,
  auth,
  clusters,
  console,
  form,
  frame,
  images,
  instances,
  jobs,
  machine,
  mirrors,
  moves,
  nodes,
  overview,
  reasons,
  states,
  table,
  ui,
  upkeep,
  users,
  verify,
};
