import { transientPostgres } from 'reprise/http'
import { coded, judges, said } from '../../support/transient.js'

judges('transientPostgres', transientPostgres, {
  matched: [
    ...['08000', '08001', '08003', '08004', '08006', '40001', '40P01', '55006', '55P03'].map(coded),
    ...['53000', '53100', '53200', '53300', '53400', '57P01', '57P02', '57P03', '57P05'].map(coded),
    ...['CONNECTION_CLOSED', 'CONNECT_TIMEOUT'].map(coded),
    said('Connection terminated unexpectedly'),
    said('Connection terminated due to connection timeout'),
    said('timeout exceeded when trying to connect')
  ],
  left: [
    ...['08007', '08P01', '22001', '23505', '23P01', '28P01', '40000', '40002', '40003', '42P01'].map(coded),
    ...['57014', '57P04', '58030', '5300', '530000', 'X53000', 'CONNECTION_ENDED', 'ECONNRESET'].map(coded),
    said('could not serialize access'),
    said('the Connection terminated')
  ]
})
