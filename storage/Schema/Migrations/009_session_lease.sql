-- min-program: 9
-- Changes nothing stored. From 9 on a session's grain leases itself to gateways instead of sending for them: silos and gateways of 9 and
-- of earlier programs do not understand each other, so no silo of an earlier program may run beside one of 9.

SELECT 1;
