options.timeout = 30
options.create = true
options.starttls = false
options.info = false
account = IMAP { server = '127.0.0.1', port = $port, username = '$user', password = '$password' }
account:create_mailbox('work')
account:list_all()
account.INBOX:check_status()
found = account.INBOX:contain_subject('second') + account.INBOX:is_larger(100000)
found:copy_messages(account.work)
found:mark_flagged()
account.INBOX:is_unseen():mark_seen()
for _, message in ipairs(account.work:select_all()) do
  box, uid = table.unpack(message)
  box[uid]:fetch_message()
end
account.INBOX:contain_from('one@example.com'):delete_messages()
account.work:append_message('Subject: from a script\r\n\r\nhello\r\n', {'\\Seen'})
