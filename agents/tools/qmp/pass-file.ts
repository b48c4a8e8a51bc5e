// Hands an open file to a running QEMU (add-fd): only so does it get one that its own user may not open by name. Node.js can send no
// descriptor over a socket, so Perl does, which every Debian has (perl-base is essential).
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { run } from '../run';
import { QmpReply } from './messages';

const timeoutMs = 15_000;
/** sendmsg(2) has no name in perl-base. */
const sendmsg: Partial<Record<NodeJS.Architecture, number>> = { x64: 46, arm64: 211 };

/**
 * Arguments: socket, number of sendmsg, file, flags of open(2), command. Prints the answer. The three packed structures are iovec, cmsghdr
 * with one descriptor (SOL_SOCKET, SCM_RIGHTS), and msghdr, each as a 64-bit Linux has it.
 */
const script = `
use strict; use warnings; use Socket;
my ($path, $sendmsg, $file, $flags, $command) = @ARGV;
sysopen(my $handle, $file, $flags + 0) or die "$file: $!\n";
socket(my $monitor, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!\\n";
connect($monitor, pack_sockaddr_un($path)) or die "connect: $!\\n";
sub answer {
  my ($id) = @_;
  while (defined(my $line = <$monitor>)) { return $line if $line =~ /"id": *"$id"/; }
  die "the monitor hung up\\n";
}
syswrite($monitor, qq({"execute":"qmp_capabilities","id":"ready"}\\n)) or die "write: $!\\n";
answer('ready');
my $data = "$command\\n";
my $vector = pack('PQ', $data, length $data);
my $control = pack('QiiiI', 20, 1, 1, fileno($handle), 0);
my $message = pack('QQPQPQQ', 0, 0, $vector, 1, $control, length $control, 0);
syscall($sendmsg + 0, fileno($monitor) + 0, $message, 0) == length $data or die "sendmsg: $!\\n";
print answer('pass');
`;

const Added = z.object({ 'fdset-id': z.number().int() });

/** Answers the name under which QEMU finds the file. `flags` are those of open(2), `opaque` names it in query-fdsets. */
export async function passFile(request: {
  socket: string;
  path: string;
  flags: number;
  opaque: string;
  doing: string;
}): Promise<string> {
  const { socket, path, flags, opaque, doing } = request;
  const number = sendmsg[process.arch];
  if (number === undefined) throw new AppError('invalid', `Cannot ${doing}: not on ${process.arch}`);
  const command = JSON.stringify({ execute: 'add-fd', arguments: { opaque }, id: 'pass' });
  const argv = ['perl', '-e', script, '--', socket, String(number), path, String(flags), command] as const;
  const { stdout } = await run({ argv, doing, timeoutMs });
  const { error, return: added } = QmpReply.extend({ id: z.unknown() }).parse(JSON.parse(stdout));
  if (error) throw new AppError('tool_failed', `Cannot ${doing}: ${error.desc}`, { details: error });
  return `/dev/fdset/${Added.parse(added)['fdset-id']}`;
}
