import { afterAll, beforeAll, expect, it } from 'vitest';
import { withConnection } from '../postgres/connection';
import { Product } from '../testing/product';
import { findRunningProduct } from './running-product';

let product: Product;
let variables: NodeJS.ProcessEnv;

beforeAll(async () => {
  product = new Product();
  await product.build();
  variables = { NODE_ENV: 'test', CORRAL_DATA: product.dataFolder };
});

afterAll(() => product.remove());

it('finds a running product with what it was told itself, and nothing once it has stopped', async () => {
  expect(findRunningProduct(product.folder, variables)).toBeUndefined();
  const run = product.start({ CORRAL_TRUST_PROXY: '10.1.2.3' });
  await run.waitFor('Press Ctrl-C to stop');
  const found = findRunningProduct(product.folder, variables);
  expect(found?.settings).toMatchObject({ port: product.port, url: `http://127.0.0.1:${product.port}` });
  expect(found?.environment).toMatchObject({
    CORRAL_TRUST_PROXY: '10.1.2.3',
    CORRAL_SECRET: product.started('web')[0]?.CORRAL_SECRET,
    DATABASE_URL: product.started('web')[0]?.DATABASE_URL,
  });
  const url = found?.environment.DATABASE_URL ?? '';
  await withConnection({ url }, (client) => client.query('SELECT 1'));
  run.signal('SIGTERM');
  await run.exitCode;
  expect(findRunningProduct(product.folder, variables)).toBeUndefined();
});
