using System.Diagnostics;
using System.Net;
using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;
using OrleansChat.Bench.Versions;

namespace OrleansChat.Bench.Comparing;

/// <summary>
/// The silos of one round, started for it, each on a fresh copy of its version's database, and the echo. For its whole life a process
/// keeps the way its code was compiled and its memory laid out; new processes in each round turn this from a difference into chance.
/// </summary>
internal sealed class Field : IAsyncDisposable
{
    /// <summary>How long a role is under load before it is measured: while it was quiet, others have used the processor's caches.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Role, Entrant> _entrants = [];
    private readonly List<ServerProcess> _silos = [];
    private readonly DatabaseServer _server;

    private Field(DatabaseServer server) => _server = server;

    /// <summary>Starts the silos.</summary>
    /// <param name="server">The PostgreSQL server that holds the databases.</param>
    /// <param name="databases">The database that each role starts with.</param>
    /// <param name="echo">The echo, which stays for all rounds because it has no state.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="BenchException">A silo did not start.</exception>
    public static async Task<Field> StartAsync(
        DatabaseServer server, IEnumerable<(Role, PreparedDatabase)> databases, ServerProcess echo, CancellationToken cancellationToken)
    {
        var field = new Field(server);
        try
        {
            foreach (var (role, database) in databases)
            {
                var copy = await database.CopyAsync(NameOf(role), cancellationToken);
                var silo = await database.Version.StartSiloAsync(copy, cancellationToken);
                field._silos.Add(silo);
                var meter = new CpuMeter([silo.Id], server.PostmasterId);
                field._entrants.Add(role, new Entrant(silo.EndPoint, silo.Id, database.Tokens, meter));
            }
            // The echo does not check tokens; any of the same length will do.
            var tokens = field._entrants[Role.This].Tokens;
            field._entrants.Add(Role.Echo, new Entrant(echo.EndPoint, echo.Id, tokens, new CpuMeter([echo.Id], null)));
            await server.CheckpointAsync(cancellationToken);
            return field;
        }
        catch
        {
            await field.DisposeAsync();
            throw;
        }
    }

    /// <summary>Warms all roles up, then loads one after the other.</summary>
    /// <param name="load">The load.</param>
    /// <param name="order">The order of the roles.</param>
    /// <param name="warmUp">How long each role is loaded before the first is measured.</param>
    /// <param name="measured">How long each slot is measured.</param>
    /// <param name="cancellationToken">Cancels the measurement.</param>
    /// <exception cref="BenchException">A reply was wrong or missing.</exception>
    public async Task<IReadOnlyList<Slot>> MeasureAsync(
        LoadCase load, IReadOnlyList<Role> order, TimeSpan warmUp, TimeSpan measured, CancellationToken cancellationToken)
    {
        var loops = new Dictionary<Role, ClosedLoop>();
        try
        {
            // Warm the echo up last: it comes before each pair, and so before the first.
            foreach (var role in order.Distinct().OrderBy(role => role == Role.Echo))
            {
                var entrant = _entrants[role];
                var rings = load.Rings(entrant.Tokens, PreparedDatabase.Recipients);
                var loop = await ClosedLoop.ConnectAsync(entrant.EndPoint, rings, load.Depth, cancellationToken, load.Operation.Reply);
                loops.Add(role, loop);
                await RunAsync(role, loop, warmUp, Settling, cancellationToken);
            }
            var slots = new List<Slot>();
            foreach (var role in order) slots.Add(await RunAsync(role, loops[role], Settling, measured, cancellationToken));
            return slots;
        }
        finally
        {
            foreach (var loop in loops.Values) loop.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_silos.Select(silo => silo.DisposeAsync().AsTask()));
        foreach (var role in Enum.GetValues<Role>()) await _server.DropAsync(NameOf(role), CancellationToken.None);
    }

    private async Task<Slot> RunAsync(Role role, ClosedLoop loop, TimeSpan warmUp, TimeSpan measured, CancellationToken cancellationToken)
    {
        var quiet = new CpuMeter([.. _entrants.Where(entrant => entrant.Key != role).Select(entrant => entrant.Value.ProcessId)], null);
        try
        {
            var (before, start) = (quiet.Read().Server, Stopwatch.GetTimestamp());
            var round = await loop.RunAsync(warmUp, measured, _entrants[role].Meter, cancellationToken);
            var used = (quiet.Read().Server - before) / Stopwatch.GetElapsedTime(start).TotalSeconds / Environment.ProcessorCount;
            return new Slot(role, round, used);
        }
        catch (BenchException exception)
        {
            throw new BenchException($"{role.Say()}: {exception.Message}");
        }
    }

    private static string NameOf(Role role) => $"orleanschat_bench_{role.ToString().ToLowerInvariant()}";

    private sealed record Entrant(IPEndPoint EndPoint, int ProcessId, IReadOnlyList<string> Tokens, CpuMeter Meter);
}
