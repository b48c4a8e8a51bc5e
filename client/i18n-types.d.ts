// Makes message keys part of the types: a text that is asked for and not there is a type error.
import type { en } from '@/messages/en';

declare module 'next-intl' {
  // Module augmentation works with interfaces only.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  interface AppConfig {
    Locale: 'en';
    Messages: typeof en;
  }
}
