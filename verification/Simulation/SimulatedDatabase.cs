using OrleansChat.Limits;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Verification.Simulation;

/// <summary>What can happen to a statement.</summary>
internal enum StatementFault
{
    /// <summary>Nothing: it is executed and answered.</summary>
    None,

    /// <summary>It never arrives.</summary>
    Lost,

    /// <summary>It is executed, but the caller never gets the answer.</summary>
    Unheard,

    /// <summary>The caller gives up, and it is executed later.</summary>
    Late,
}

/// <summary>The database server: executes statements on the <see cref="Tables"/>, in any order, with delays and faults.</summary>
internal sealed class SimulatedDatabase(Scheduler scheduler, SimulatedProcess server)
{
    private static readonly TimeSpan LongestTrip = TimeSpan.FromMilliseconds(20);

    // An abandoned statement ends by then: MailboxStatements.Settings.
    private static readonly TimeSpan LongestLateness = TimeSpan.FromSeconds(9);

    public Scheduler Scheduler => scheduler;

    public Tables Tables { get; init; } = new();

    /// <summary>How many bytes one read of messages returns: few, so that mailboxes and conversations do not fit into one read.</summary>
    public int MaxBytes { get; init; } = 1 << 10;

    /// <summary>The fault that statements currently have, and its probability.</summary>
    public (StatementFault Kind, double Share) Fault { get; set; }

    /// <summary>Whether the server is down, so that statements fail.</summary>
    public bool IsDown { get; set; }

    /// <summary>Called after each commit of messages.</summary>
    public Action<List<NewRow>>? Committed { get; set; }

    /// <summary>Called with each change of a room, when its entries are stored, and again when all of it is.</summary>
    public Action<ChangingRoom, RoomChange, bool>? RoomChanged { get; set; }

    /// <summary>Whether something may come between the entry of a change of a room and what it changes: a planted fault.</summary>
    public bool SplitsChanges { get; init; }

    public DateTimeOffset Now => server.Time.GetUtcNow();

    public bool Commit(List<NewRow> rows)
    {
        if (!Tables.Commit(rows)) return false;
        Committed?.Invoke(rows);
        return true;
    }

    /// <summary>Stores the entry of a change of a room: see <see cref="Tables.BeginChange"/>.</summary>
    public ChangingRoom BeginChange(string? session, RoomChange change, RoomLimits limits, DateTimeOffset began)
    {
        var changing = Tables.BeginChange(session, change, limits, began, Now);
        RoomChanged?.Invoke(changing, change, false);
        return changing;
    }

    /// <summary>Changes what the entry says.</summary>
    public void EndChange(ChangingRoom changing, RoomChange change)
    {
        changing.End();
        RoomChanged?.Invoke(changing, change, true);
    }

    /// <summary>Executes a statement for a process.</summary>
    public Task<T> RunAsync<T>(SimulatedProcess caller, Func<T> statement) => RunAsync(caller, statement, result => result);

    /// <summary>Executes a statement whose snapshot is taken some time before it commits.</summary>
    /// <exception cref="StorageUnavailableException">It is unknown whether it was executed.</exception>
    public Task<TResult> RunAsync<TSnapshot, TResult>(SimulatedProcess caller, Func<TSnapshot> begin, Func<TSnapshot, TResult> end)
    {
        var answer = new TaskCompletionSource<TResult>();
        var fault = scheduler.Random.NextDouble() < Fault.Share ? Fault.Kind : StatementFault.None;
        var timeout = After(caller, Database.CommandTimeout, Fail);
        if (fault is StatementFault.Lost or StatementFault.Late) After(caller, Trip() * 2, Fail);
        if (fault == StatementFault.Lost) return answer.Task;
        After(server, fault == StatementFault.Late ? scheduler.Delay(TimeSpan.Zero, LongestLateness) : Trip(), () =>
        {
            if (IsDown)
            {
                After(caller, Trip(), Fail);
                return;
            }
            var snapshot = begin();
            After(server, Trip(), () =>
            {
                // What was not committed when the server died is rolled back.
                if (IsDown)
                {
                    After(caller, Trip(), Fail);
                    return;
                }
                var result = end(snapshot);
                After(caller, Trip(), () =>
                {
                    if (fault == StatementFault.Unheard) Fail();
                    else answer.TrySetResult(result);
                    timeout.Dispose();
                });
            });
        });
        return answer.Task;

        void Fail() => answer.TrySetException(new StorageUnavailableException("The simulated database did not answer."));
    }

    private TimeSpan Trip() => scheduler.Delay(TimeSpan.Zero, LongestTrip);

    private static ITimer After(SimulatedProcess process, TimeSpan delay, Action action) =>
        process.Time.CreateTimer(static action => ((Action)action!)(), action, delay, Timeout.InfiniteTimeSpan);
}
