using System.Diagnostics;
using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>
/// Many users: crowds of connections, one after the other, each of which resumes a session by its token; then the memory that they
/// use while idle, and the list of all of them. All at once would take longer to answer than a call's timeout.
/// </summary>
internal sealed class ManyScenario : IScenario
{
    private const int Users = 10_000, Crowd = 500, Listing = 8;

    /// <summary>Long enough for a quiet process to collect its memory twice: see IdleMemory.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(90);

    public string Name => "many";

    public string Summary =>
        $"{Users:N0} users connect in crowds of {Crowd} and resume their sessions; then they idle, and some ask who is there.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
        var tokens = await database.AddSessionsAsync(Users, cancellationToken);
        List<double> times = [], memories = [];
        var lists = new List<Round>();
        for (var i = 1; i <= options.Rounds; i++)
        {
            await using var silo = await ServerProcess.StartSiloAsync(options, database.ConnectionString, cancellationToken);
            var meter = new CpuMeter([silo.Id], database.PostmasterId);
            // What the program needs anyway, such as compiled code, must not count as the connections' memory.
            using (var warm = await ResumeAsync(tokens.Take(Crowd), silo)) await warm.RunToEndAsync(meter, cancellationToken);
            await Task.Delay(Settling, cancellationToken);
            var before = silo.ResidentBytes;

            var start = Stopwatch.GetTimestamp();
            var crowds = new List<ClosedLoop>();
            foreach (var crowd in tokens.Chunk(Crowd))
            {
                crowds.Add(await ResumeAsync(crowd, silo));
                await crowds[^1].RunToEndAsync(meter, cancellationToken);
            }
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            await Task.Delay(Settling, cancellationToken);
            memories.Add((silo.ResidentBytes - before) / 1024.0 / Users);

            using var list = await ClosedLoop.ConnectAsync(
                silo.EndPoint, tokens.Take(Listing).Select(token => new RequestRing([$"listuser {token}\r\n"], depth: 1)),
                depth: 1, cancellationToken, ReplyPattern.Ok);
            lists.Add(await list.RunAsync(TimeSpan.FromSeconds(1), options.Measured, meter, cancellationToken));
            crowds.ForEach(crowd => crowd.Dispose());
            progress($"{Name}, round {i} of {options.Rounds}: {times[^1]:N2} s, "
                + $"{memories[^1]:N1} KiB per connection, {lists[^1].Rate:N0} lists/s");
        }
        return
        [
            new Result(Name, $"{Users:N0} connections",
                [Measure.Of("all answered", "s", times), Measure.Of("resident a connection", "KiB", memories)]),
            new Result("listuser", $"{Users:N0} online, {Listing} ask", Round.Summarize(lists)),
        ];

        Task<ClosedLoop> ResumeAsync(IEnumerable<string> some, ServerProcess silo) => ClosedLoop.ConnectAsync(
            silo.EndPoint, some.Select(token => new RequestRing([$"inbox {token}\r\n"], depth: 1, isEndless: false)),
            depth: 1, cancellationToken, ReplyPattern.Ok);
    }
}
