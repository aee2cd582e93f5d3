using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansChat.Hosting.Settings;

/// <summary>
/// Reads how long something takes: <c>500ms</c>, <c>30s</c>, <c>15m</c>, <c>24h</c>, <c>7d</c>, or with its parts as
/// <c>00:15:00</c> (hours:minutes:seconds, up to a day) and <c>7.00:00:00</c> (days before them).
/// </summary>
/// <remarks>.NET reads <c>3</c> as days, <c>24:00:00</c> as 24 days and <c>5:00</c> as hours: what may be misread is refused.</remarks>
public static partial class Duration
{
    /// <summary>The forms, for messages.</summary>
    public const string Forms = "500ms, 30s, 15m, 24h, 7d, hours:minutes:seconds as 00:15:00, or days.hours:minutes:seconds as 7.00:00:00";

    private const double MaxDays = 36_500;

    private static readonly (string Name, TimeSpan Length)[] Units =
    [
        ("d", TimeSpan.FromDays(1)), ("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)),
        ("ms", TimeSpan.FromMilliseconds(1)),
    ];

    /// <summary>Reads a duration; false where the text is not one.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (WithParts().IsMatch(text))
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration) && duration.TotalDays <= MaxDays;
        var match = WithUnit().Match(text);
        if (!match.Success) return false;
        var unit = Array.Find(Units, unit => unit.Name == match.Groups["unit"].Value).Length;
        var number = double.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        if (number > MaxDays * TimeSpan.TicksPerDay / unit.Ticks) return false;
        duration = number * unit;
        return true;
    }

    /// <summary>It in the shortest form that says all of it.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        var (name, length) = Array.Find(Units, unit => duration.Ticks % unit.Length.Ticks == 0);
        return name is null ? duration.ToString("c") : (duration.Ticks / length.Ticks).ToString(CultureInfo.InvariantCulture) + name;
    }

    [GeneratedRegex(@"\A([0-9]{1,5}\.)?([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\.[0-9]{1,7})?\z")]
    private static partial Regex WithParts();

    [GeneratedRegex(@"\A(?<number>[0-9]{1,18})(?<unit>ms|s|m|h|d)\z")]
    private static partial Regex WithUnit();
}
