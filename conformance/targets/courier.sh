# A private Courier for one run, in a mount namespace of its own: the folders that are compiled into its
# programs are bound to ours, so that those of the system are not seen. Started by targets/courier.py with
# the folder, the programs and the ports as arguments.
set -eu
trap "exit 0" TERM # the first process of a namespace has to say that it wants to end
folder=$1 imaplogin=$2 imapd=$3 plain_port=$4 tls_port=$5
pop3login=$6 pop3d=$7 pop3_port=$8 # the programs are empty where there is no POP3

mkdir -p /etc/courier /run/courier
mount --bind "$folder/etc" /etc/courier
mount --bind "$folder/run" /run/courier
makeuserdb

cat >/etc/courier/authdaemonrc <<END
authmodulelist="authuserdb"
authmodulelistorig="authuserdb"
daemons=5
authdaemonvar=/run/courier/authdaemon
DEBUG_LOGIN=0
DEFAULTOPTIONS=""
LOGGEROPTS=""
END

set -a
. /etc/courier/authdaemonrc

IMAP_CAPABILITY="IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE AUTH=PLAIN"
IMAP_KEYWORDS=1
IMAP_ACL=1
IMAP_CHECK_ALL_FOLDERS=0
IMAP_USELOCKS=1
IMAP_ENHANCEDIDLE=0
IMAP_IDLE_TIMEOUT=2 # seconds between two looks at the mailbox
IMAP_DISABLETHREADSORT=0
IMAP_OBSOLETE_CLIENT=0
IMAP_MAILBOX_SANITY_CHECK=0
IMAP_MOVE_EXPUNGE_TO_TRASH=0
IMAP_TRASHFOLDERNAME=Trash
IMAP_EMPTYTRASH=
IMAP_SHAREDINDEXFILE=/etc/courier/shared/index

COURIERTLS=/usr/bin/couriertls
TLS_CERTFILE=/etc/courier/imapd.pem
TLS_VERIFYPEER=NONE
TLS_CACHEFILE=
TLS_DHPARAMS=
set +a

/usr/lib/courier/courier-authlib/authdaemond &
tries=0
while ! [ -S /run/courier/authdaemon/socket ] && [ $tries -lt 100 ]; do
  sleep 0.1
  tries=$((tries + 1))
done

# With a file for its pid it returns once the port is its own, or fails.
serve() { # name, port, and what is run for each connection
  name=$1 port=$2
  shift 2
  couriertcpd -pid="$folder/run/$name.pid" -address=127.0.0.1 -maxprocs=1000 -maxperip=1000 \
    -nodnslookup -noidentlookup "$port" "$@"
}
IMAP_STARTTLS=YES serve imapd "$plain_port" "$imaplogin" "$imapd" Maildir
if [ -n "$pop3d" ]; then
  POP3_STARTTLS=YES serve pop3d "$pop3_port" "$pop3login" "$pop3d" Maildir
fi
IMAP_TLS=1 serve imapd-ssl "$tls_port" "$COURIERTLS" -server -tcpd -user=courier "$imaplogin" "$imapd" Maildir
: >"$folder/listening"
wait
