using System.CommandLine.Parsing;
using System.Globalization;
using OrleansChat.Storage.Retention;

namespace OrleansChat.Admin;

/// <summary>How long messages and receipts stay: shows it, and sets it.</summary>
internal static class RetentionCommands
{
    private const string Forever = "forever";

    /// <summary>Prints how long messages stay.</summary>
    public static async Task ShowAsync(RetentionStore retention)
    {
        var times = await retention.ReadAsync();
        Console.WriteLine($"{Rule(times.Keep)}.");
        if (times.Pending is { } pending) Console.WriteLine($"From {Text(pending.BeginsAt)} on: {Rule(pending.Keep)}.");
    }

    /// <summary>Sets how long messages stay; asks first if that deletes some earlier than now.</summary>
    /// <exception cref="InputException">The person at the terminal declined.</exception>
    public static async Task SetAsync(RetentionStore retention, TimeSpan? keep, bool isNow, bool isSure)
    {
        var present = (await retention.ReadAsync()).Keep;
        if (keep is { } shorter && !(present <= shorter))
        {
            // Those that are received until then come on top.
            var count = await retention.CountAsync(shorter, isNow);
            Console.WriteLine(
                $"From {Text(present)} to {Text(shorter)}: at least {count} received messages are deleted "
                + (isNow ? "now." : "after 24 hours."));
            Question.Confirm(isSure, "Do that?", "nothing was changed.");
        }
        await retention.SetAsync(keep, isNow);
        await ShowAsync(retention);
    }

    /// <summary>Prints how long receipts stay.</summary>
    public static async Task ShowReceiptsAsync(RetentionStore retention) =>
        Console.WriteLine((await retention.ReadAsync()).Receipts is { } keep
            ? $"Receipts of sendonce stay for {Text(keep)}; a message that is repeated later is stored again."
            : "Receipts of sendonce stay for ever.");

    /// <summary>Sets how long receipts stay.</summary>
    public static async Task SetReceiptsAsync(RetentionStore retention, TimeSpan? keep)
    {
        await retention.SetReceiptsAsync(keep);
        await ShowReceiptsAsync(retention);
    }

    /// <summary>
    /// Reads a time: days or hours (<c>365d</c>, <c>12h</c>), at least the given hours, or <c>forever</c>, which is infinite.
    /// </summary>
    public static TimeSpan Parse(ArgumentResult result, int leastHours)
    {
        var text = result.Tokens[0].Value;
        if (text == Forever) return Timeout.InfiniteTimeSpan;
        var unit = text.EndsWith('d') ? TimeSpan.FromDays(1) : text.EndsWith('h') ? TimeSpan.FromHours(1) : TimeSpan.Zero;
        var digits = text.AsSpan(0, text.Length - (unit == default ? 0 : 1));
        var isNumber = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        if (isNumber && (unit != default || count == 0) && count <= RetentionStore.Longest / TimeSpan.FromHours(1))
        {
            var time = count * unit;
            if (time >= TimeSpan.FromHours(leastHours) && time <= RetentionStore.Longest) return time;
        }
        result.AddError(
            $"'{text}' is not a valid time: give days or hours, such as 365d or 12h, from {(leastHours == 0 ? "0" : $"{leastHours}h")} to "
            + $"{Text(RetentionStore.Longest)}, or {Forever}.");
        return default;
    }

    private static string Rule(TimeSpan? keep) => keep == TimeSpan.Zero
        ? "Messages go when they were received, but not before 12 minutes"
        : keep is null ? "Messages stay for ever" : $"Messages stay for {Text(keep)}, and until they were received";

    private static string Text(TimeSpan? keep) => keep switch
    {
        null => Forever,
        { Ticks: 0 } => "0",
        { Hours: 0 } days => string.Create(CultureInfo.InvariantCulture, $"{days.Days}d"),
        { } hours => string.Create(CultureInfo.InvariantCulture, $"{(long)hours.TotalHours}h"),
    };

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
