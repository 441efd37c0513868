import { transientRedis } from 'reprise/http'
import { judges, said } from '../../support/transient.js'

judges('transientRedis', transientRedis, {
  matched: [
    said('LOADING Redis is loading the dataset in memory'),
    said('TRYAGAIN Multiple keys request during rehashing of slot'),
    said('CLUSTERDOWN Hash slot not served'),
    said("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."),
    said("READONLY You can't write against a read only replica."),
    said('BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.'),
    said('NOREPLICAS Not enough good replicas to write.'),
    said('UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)'),
    said('ERR max number of clients reached'),
    ['a text that was thrown', 'LOADING']
  ],
  left: [
    said('BUSYGROUP Consumer Group name already exists'),
    said('BUSYKEY Target key name already exists.'),
    said('WRONGTYPE Operation against a key holding the wrong kind of value'),
    said('MOVED 3999 127.0.0.1:6381'),
    said('ASK 3999 127.0.0.1:6381'),
    said('CROSSSLOT Keys in request do not hash to the same slot'),
    said("OOM command not allowed when used memory > 'maxmemory'."),
    said('MISCONF Redis is configured to save RDB snapshots'),
    said('NOAUTH Authentication required.'),
    said('NOSCRIPT No matching script.'),
    said('EXECABORT Transaction discarded because of previous errors.'),
    said('ERR unknown command'),
    said('still LOADING'),
    said('Loading the page')
  ]
})
