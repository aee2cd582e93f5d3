-- The membership table of an Orleans cluster, and every statement that Microsoft.Orleans.Clustering.AdoNet asks for.
-- A change to a silo's row and the step of the table's version go together or not at all: the row of the version is
-- locked first, so of two writers that read the same version one changes nothing, and is told 0.

CREATE TABLE orleansmembershipversiontable (
    deploymentid text COLLATE "C" PRIMARY KEY,
    timestamp    timestamptz NOT NULL DEFAULT now(),
    version      integer NOT NULL DEFAULT 0
);

CREATE TABLE orleansmembershiptable (
    deploymentid text COLLATE "C" NOT NULL REFERENCES orleansmembershipversiontable,
    address      text COLLATE "C" NOT NULL,
    port         integer NOT NULL,
    generation   integer NOT NULL,
    siloname     text NOT NULL,
    hostname     text NOT NULL,
    status       integer NOT NULL,
    proxyport    integer,
    suspecttimes text,
    starttime    timestamptz NOT NULL,
    iamalivetime timestamptz NOT NULL,
    PRIMARY KEY (deploymentid, address, port, generation)
);

INSERT INTO orleansquery (querykey, querytext) VALUES
('InsertMembershipVersionKey', $$
    WITH inserted AS (
        INSERT INTO orleansmembershipversiontable (deploymentid) VALUES (@DeploymentId)
        ON CONFLICT DO NOTHING
        RETURNING 1)
    SELECT count(*)::integer FROM inserted
$$),
('InsertMembershipKey', $$
    WITH stepped AS (
        UPDATE orleansmembershipversiontable v
        SET version = version + 1, timestamp = now()
        WHERE deploymentid = @DeploymentId AND version = @Version
          AND NOT EXISTS (SELECT FROM orleansmembershiptable m
                          WHERE m.deploymentid = v.deploymentid AND m.address = @Address AND m.port = @Port
                            AND m.generation = @Generation)
        RETURNING deploymentid),
    inserted AS (
        INSERT INTO orleansmembershiptable (deploymentid, address, port, generation, siloname, hostname, status, proxyport,
                                            starttime, iamalivetime)
        SELECT deploymentid, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort,
               @StartTime, @IAmAliveTime
        FROM stepped
        RETURNING 1)
    SELECT count(*)::integer FROM inserted
$$),
('UpdateMembershipKey', $$
    WITH stepped AS (
        UPDATE orleansmembershipversiontable v
        SET version = version + 1, timestamp = now()
        WHERE deploymentid = @DeploymentId AND version = @Version
          AND EXISTS (SELECT FROM orleansmembershiptable m
                      WHERE m.deploymentid = v.deploymentid AND m.address = @Address AND m.port = @Port
                        AND m.generation = @Generation)
        RETURNING deploymentid),
    updated AS (
        UPDATE orleansmembershiptable m
        SET status = @Status, suspecttimes = @SuspectTimes, iamalivetime = @IAmAliveTime
        FROM stepped s
        WHERE m.deploymentid = s.deploymentid AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
        RETURNING 1)
    SELECT count(*)::integer FROM updated
$$),
('UpdateIAmAlivetimeKey', $$
    UPDATE orleansmembershiptable
    SET iamalivetime = @IAmAliveTime
    WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$$),
-- Where there are no silos yet, a row with the version alone.
('MembershipReadAllKey', $$
    SELECT v.deploymentid AS DeploymentId, m.address AS Address, m.port AS Port, m.generation AS Generation,
           m.siloname AS SiloName, m.hostname AS HostName, m.status AS Status, m.proxyport AS ProxyPort,
           m.suspecttimes AS SuspectTimes, m.starttime AS StartTime, m.iamalivetime AS IAmAliveTime, v.version AS Version
    FROM orleansmembershipversiontable v
    LEFT JOIN orleansmembershiptable m ON m.deploymentid = v.deploymentid
    WHERE v.deploymentid = @DeploymentId
$$),
('MembershipReadRowKey', $$
    SELECT v.deploymentid AS DeploymentId, m.address AS Address, m.port AS Port, m.generation AS Generation,
           m.siloname AS SiloName, m.hostname AS HostName, m.status AS Status, m.proxyport AS ProxyPort,
           m.suspecttimes AS SuspectTimes, m.starttime AS StartTime, m.iamalivetime AS IAmAliveTime, v.version AS Version
    FROM orleansmembershipversiontable v
    LEFT JOIN orleansmembershiptable m
           ON m.deploymentid = v.deploymentid AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
    WHERE v.deploymentid = @DeploymentId
$$),
('GatewaysQueryKey', $$
    SELECT address AS Address, proxyport AS ProxyPort, generation AS Generation
    FROM orleansmembershiptable
    WHERE deploymentid = @DeploymentId AND status = @Status AND proxyport > 0
$$),
('DeleteMembershipTableEntriesKey', $$
    DELETE FROM orleansmembershiptable WHERE deploymentid = @DeploymentId;
    DELETE FROM orleansmembershipversiontable WHERE deploymentid = @DeploymentId
$$),
-- 3 is SiloStatus.Active.
('CleanupDefunctSiloEntriesKey', $$
    DELETE FROM orleansmembershiptable
    WHERE deploymentid = @DeploymentId AND iamalivetime < @IAmAliveTime AND status <> 3
$$);
