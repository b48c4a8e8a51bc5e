// What a name may look like, everywhere (threats: argument injection, look-alikes, control characters).
// Every name is ASCII; none may start with '-' or contain characters that a tool, path or config file gives a meaning.
import { z } from 'zod';
import { fieldMessages } from './field-messages';

const hostLabel = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const hostName = new RegExp(`^${hostLabel}(?:\\.${hostLabel})*$`);

/** A host name (RFC 1123, lower case), as instances and nodes have one; at most 128 characters. */
export const HostName = z
  .string()
  .min(1, fieldMessages.nameMissing)
  .max(128, fieldMessages.nameTooLong)
  .regex(hostName, fieldMessages.hostNameForm)
  .refine((name) => !/^[0-9.]+$/.test(name), fieldMessages.hostNameLikeAddress);

export const InstanceName = HostName;
export const NodeName = HostName;
/** What somebody else called a domain: more than an instance may be called, and nothing that a tool takes for an option. */
export const DomainName = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[\x21-\x2c\x2e-\x7e][\x20-\x7e]*$/, 'Printable ASCII, and no - in front.');
export const ClusterName = z
  .string()
  .min(1, fieldMessages.nameMissing)
  .max(63, fieldMessages.clusterNameTooLong)
  .regex(new RegExp(`^${hostLabel}$`), fieldMessages.clusterNameForm);

/** What a user signs in with: an e-mail address or a short name. */
export const Login = z
  .string()
  .trim()
  .toLowerCase()
  .min(1, fieldMessages.loginMissing)
  .max(128)
  .regex(/^[a-z0-9][a-z0-9._+-]*(?:@[a-z0-9][a-z0-9.-]*)?$/, fieldMessages.loginForm);

/** A person's displayed name: one printable line. */
export const PersonName = z
  .string()
  .trim()
  .min(1, fieldMessages.nameMissing)
  .max(128, fieldMessages.nameTooLong)
  .regex(/^[^\p{C}]+$/u, fieldMessages.personNameForm);

/** What an owner calls a disk; scripts get it in their environment. */
export const DiskName = z
  .string()
  .min(1, fieldMessages.nameMissing)
  .max(63, fieldMessages.diskNameTooLong)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, fieldMessages.diskNameForm);

/** A Linux bridge (IFNAMSIZ leaves 15 characters). */
export const BridgeName = z
  .string()
  .max(15)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, fieldMessages.bridgeForm);

/** A file in the node's ISO folder, without a path. */
export const IsoName = z
  .string()
  .max(128)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.+-]*\.iso$/i, fieldMessages.isoForm);

export const MacAddress = z.string().regex(/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/, 'Not a MAC address.');

/** PostgreSQL finds an id whatever its case; everybody else compares texts, so there is one spelling. */
export const Id = z.uuid().toLowerCase();
export const JobId = z.coerce.number().int().positive().max(2_147_483_647);
