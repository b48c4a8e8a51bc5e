export { signInHandler as GET, signInHandler as POST } from '@/server/auth/sign-in-handler';
