// Users, sessions and one-time links.
import { z } from 'zod';
import { fieldMessages } from '../field-messages';
import { Id, Login, PersonName } from '../names';
import { PageQuery, pageOf, Timestamp } from './common';

export const UserRole = z.enum(['operator', 'customer']);
export type UserRole = z.infer<typeof UserRole>;

export const Password = z.string().min(12, fieldMessages.passwordTooShort).max(256);

export const User = z.object({
  id: Id,
  login: z.string(),
  name: z.string(),
  role: UserRole,
  disabled: z.boolean(),
  /** false until the one-time link was used. */
  hasPassword: z.boolean(),
  instances: z.number().int(),
  lastSignInAt: Timestamp.nullable(),
  createdAt: Timestamp,
});
export type User = z.infer<typeof User>;
export const UserPage = pageOf(User);
export type UserPage = z.infer<typeof UserPage>;
export const UserListQuery = PageQuery.extend({ role: UserRole.optional() });
export type UserListQuery = z.infer<typeof UserListQuery>;

export const UserCreate = z.object({ login: Login, name: PersonName, role: UserRole });
export type UserCreate = z.infer<typeof UserCreate>;

export const UserUpdate = z.object({
  name: PersonName.optional(),
  role: UserRole.optional(),
  disabled: z.boolean().optional(),
});
export type UserUpdate = z.infer<typeof UserUpdate>;

/** Shown once: a link with which the user sets a password. */
export const PasswordLink = z.object({ url: z.string(), expiresAt: Timestamp });
export type PasswordLink = z.infer<typeof PasswordLink>;

export const UserCreated = z.object({ user: User, link: PasswordLink });
export type UserCreated = z.infer<typeof UserCreated>;

/** `login` and `name` are chosen here only for the first operator, whose account has none yet. */
export const PasswordSet = z.object({
  token: z.string().min(16).max(128),
  password: Password,
  login: Login.optional(),
  name: PersonName.optional(),
});
export type PasswordSet = z.infer<typeof PasswordSet>;

/** What the page behind a one-time link needs to know. */
export const PasswordLinkInfo = z.object({ firstOperator: z.boolean(), login: z.string().nullable() });
export type PasswordLinkInfo = z.infer<typeof PasswordLinkInfo>;

export const PasswordChange = z.object({ current: z.string().max(256), next: Password });
export type PasswordChange = z.infer<typeof PasswordChange>;

export const Session = z.object({
  user: z.object({ id: Id, login: z.string(), name: z.string(), role: UserRole }),
});
export type Session = z.infer<typeof Session>;
