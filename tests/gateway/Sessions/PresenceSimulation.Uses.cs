namespace OrleansChat.Gateway.Tests.Sessions;

// Uses of sessions, which the sessions' grains count or which take place under a lease.
internal sealed partial class PresenceSimulation
{
    private void Use(SimulatedSession session, SimulatedConnection connection)
    {
        if (session.IsBusyElsewhere(connection, Now)) return;
        var (use, askedAt) = (session.Use(connection, Time, Now), Now);
        var isLost = IsLost();
        Answer(connection, () =>
        {
            if (!isLost)
            {
                // A counted use is later than those under the lease, which are then not reported.
                if (connection.Lease?.Session == session) connection.Unreported = null;
                ReportLease(connection);
                connection.Gateway.Used(connection, session, use);
                session.Answered(connection);
                if (use.User is not null && Now - askedAt < TimeSpan.FromMilliseconds(250)) Lease(session, connection, use.Number, askedAt);
                return;
            }
            connection.Held.ReportedSession = null;
            Use(session, connection);
        });
    }

    /// <summary>Uses the session a few times more while it is leased to the connection, and then reports the last of these uses.</summary>
    private void Lease(SimulatedSession session, SimulatedConnection connection, long number, TimeSpan askedAt)
    {
        var lease = (session, number, Now);
        connection.Lease = lease;
        for (var more = Random.Next(3); more > 0; more--)
        {
            After(TimeSpan.FromMilliseconds(Random.Next(2000)) - (Now - askedAt), () =>
            {
                if (connection.Lease != lease || !connection.IsOpen || !session.IsAlive || connection.Gateway.IsSilent
                    || session.IsBusyElsewhere(connection, Now)) return;
                connection.Unreported = session.UseLeased(connection, number + (Now - lease.Now).Ticks, Now);
            });
        }
        After(TimeSpan.FromMilliseconds(2250) - (Now - askedAt), () =>
        {
            if (connection.Lease == lease) ReportLease(connection);
        });
    }

    private static void ReportLease(SimulatedConnection connection)
    {
        if (connection is { Lease: { } lease, Unreported: { } use })
        {
            connection.Gateway.Accepted(connection, lease.Session, use);
            if (connection.IsOpen) lease.Session.Answered(connection);
        }
        (connection.Lease, connection.Unreported) = (null, null);
    }
}
