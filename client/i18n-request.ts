// next-intl's configuration for a request: one language, no locale in the URL.
import { getRequestConfig } from 'next-intl/server';
import { en } from '@/messages/en';

export default getRequestConfig(() => Promise.resolve({ locale: 'en', messages: en, timeZone: 'UTC' }));
