// Tells pages their own address, so that signing in leads back to it. Everything else of a request is read where it is needed.
import { type NextRequest, NextResponse } from 'next/server';
import { pagePathHeader } from '@/server/auth/page-path';

export function proxy(request: NextRequest) {
  const headers = new Headers(request.headers);
  headers.set(pagePathHeader, `${request.nextUrl.pathname}${request.nextUrl.search}`);
  return NextResponse.next({ request: { headers } });
}

export const config = { matcher: '/((?!api/|_next/|ws/|icon.svg|sign-in|welcome/).*)' };
