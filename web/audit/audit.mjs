// Runs every audit of graphql-http against the server at the address that is given, and prints those that are not ok.
import { auditServer } from 'graphql-http';

const results = await auditServer({ url: process.argv[2] });
const failed = results.filter((r) => r.status !== 'ok');
for (const r of failed) console.log(`${r.status} ${r.id} ${r.name}: ${r.reason}`);
console.log(`${results.length - failed.length} of ${results.length} audits ok`);
process.exit(failed.length > 0 || results.length < 60 ? 1 : 0);
