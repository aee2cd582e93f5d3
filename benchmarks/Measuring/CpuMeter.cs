using System.Globalization;

namespace OrleansChat.Bench.Measuring;

/// <summary>The CPU time, user and system, of the measured processes and of the whole machine. Reads /proc, so Linux only.</summary>
/// <param name="serverIds">The process IDs of the server.</param>
/// <param name="postmasterId">The process ID of PostgreSQL's postmaster, whose children count too; null if there is none.</param>
internal sealed class CpuMeter(int[] serverIds, int? postmasterId)
{
    // The unit of /proc's times, the same on every Linux.
    private const double TicksPerSecond = 100;

    // Indexes in /proc/PID/stat, counted from the state, which follows the program's name.
    private const int Parent = 1, User = 11, System = 12, ReapedUser = 13, ReapedSystem = 14;

    /// <summary>Whether PostgreSQL is measured.</summary>
    public bool HasPostgres => postmasterId is not null;

    /// <summary>The CPU times until now.</summary>
    public CpuTimes Read()
    {
        var generator = Own(Environment.ProcessId);
        var server = serverIds.Sum(Own);
        var postgres = postmasterId is { } id ? Family(id) : 0;
        return new CpuTimes(generator, server, postgres, Machine());
    }

    private static double Own(int processId) => Stat(processId) is { } stat ? Seconds(stat, User, System) : 0;

    // A process includes the time of its ended children as reaped time.
    private static double Family(int processId)
    {
        var children = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? Stat(id) : null)
            .Where(stat => stat?[Parent] == processId.ToString(CultureInfo.InvariantCulture));
        var parent = Stat(processId) ?? throw new BenchException("PostgreSQL does not run on this machine: its CPU time cannot be read.");
        return Seconds(parent, User, System, ReapedUser, ReapedSystem) + children.Sum(stat => Seconds(stat!, User, System));
    }

    private static string[]? Stat(int processId)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{processId}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static double Seconds(string[] fields, params ReadOnlySpan<int> indexes)
    {
        var ticks = 0L;
        foreach (var index in indexes) ticks += long.Parse(fields[index], CultureInfo.InvariantCulture);
        return ticks / TicksPerSecond;
    }

    // "cpu", user, nice, system, idle, iowait, irq, softirq, steal; the user time already includes guests.
    private static double Machine()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Seconds(fields, 1, 2, 3, 6, 7, 8);
    }
}

/// <summary>CPU times in seconds.</summary>
/// <param name="Generator">Time of this process.</param>
/// <param name="Server">Time of silos and gateways, or of the other server that answers.</param>
/// <param name="Postgres">Time of all processes of PostgreSQL.</param>
/// <param name="Machine">Time of everything, including what a hypervisor took away.</param>
internal readonly record struct CpuTimes(double Generator, double Server, double Postgres, double Machine)
{
    /// <summary>The time that none of the three used: on a quiet machine almost nothing.</summary>
    public double Others => Math.Max(0, Machine - Generator - Server - Postgres);

    public static CpuTimes operator -(CpuTimes later, CpuTimes earlier) => new(
        later.Generator - earlier.Generator, later.Server - earlier.Server,
        later.Postgres - earlier.Postgres, later.Machine - earlier.Machine);
}
