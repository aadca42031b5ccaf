// What a script does with ImapFlow.
const { ImapFlow } = require('imapflow');
const [host, port, user, pass] = process.argv.slice(2);

async function work() {
    const client = new ImapFlow({ host, port: Number(port), secure: false, doSTARTTLS: false, auth: { user, pass }, logger: false });
    await client.connect();
    await client.list();
    await client.mailboxCreate('work');
    const lock = await client.getMailboxLock('INBOX');
    try {
        await client.search({ subject: 'second' });
        for await (const message of client.fetch('1:*', { uid: true, envelope: true, bodyStructure: true, flags: true, source: true })) {
            if (!message.source.length) throw new Error('an empty message');
        }
        await client.messageFlagsAdd('1', ['\\Seen']);
        await client.messageCopy('2', 'work');
        await client.messageMove('3', 'work');
        await client.messageDelete('1');
        await client.append('work', 'Subject: from a script\r\n\r\nhello\r\n', ['\\Seen']);
        await client.status('work', { messages: true, uidNext: true, unseen: true });
    } finally {
        lock.release();
    }
    await client.mailboxDelete('work');
    await client.logout();
}

work().catch(error => { console.error(error); process.exit(1); });
