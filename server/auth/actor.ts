// Who asks. Use cases get an Actor and never look at cookies or requests.
import type { Role } from '@/contract/permissions';

export type Actor = {
  userId: string;
  sessionId: string;
  login: string;
  name: string;
  role: Role;
  /** Remote address of the request, for the audit. */
  address: string | null;
};
