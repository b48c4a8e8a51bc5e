import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';

const withNextIntl = createNextIntlPlugin('./client/i18n-request.ts');

const isDevelopment = process.env.NODE_ENV === 'development';

// 'self' covers ws: and wss: to the page's own origin; development needs eval for React's error overlay.
const contentSecurityPolicy = [
  "default-src 'self'",
  `script-src 'self' 'unsafe-inline'${isDevelopment ? " 'unsafe-eval'" : ''}`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const securityHeaders = [
  { key: 'Content-Security-Policy', value: contentSecurityPolicy },
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'same-origin' },
];

const nextConfig: NextConfig = {
  poweredByHeader: false,
  typedRoutes: false,
  // Types are checked by `npm test`, once, for all three programs; a build need not wait for it again.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: [
    '@dbos-inc/dbos-sdk',
    '@node-rs/argon2',
    '@peculiar/x509',
    '@prisma/adapter-pg',
    '@prisma/client',
    '@trpc/client',
    'pg',
    'pino',
    'undici',
    'ws',
  ],
  experimental: { optimizePackageImports: ['radix-ui', 'lucide-react'] },
  headers: () => Promise.resolve([{ source: '/:path*', headers: securityHeaders }]),
};

export default withNextIntl(nextConfig);
