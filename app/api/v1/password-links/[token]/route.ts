import { PasswordLinkInfo } from '@/contract/schemas/user';
import { TokenInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { getPasswordLink } from '@/server/usecases/password-links';

export const GET = route({ access: 'password.set', params: TokenInPath, answers: PasswordLinkInfo })(
  ({ ctx, params }) => getPasswordLink(ctx, params),
);
