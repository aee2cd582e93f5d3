using System.Text;

namespace OrleansChat.Hosting.Settings;

/// <summary>What a program prints when it is started with <c>--help</c>.</summary>
public static class SettingsHelp
{
    private const int Columns = 100, Indent = 6;

    /// <summary>Describes all settings, in lines of at most 100 columns.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="options">Its settings, with their defaults.</param>
    public static string Of(string program, object options)
    {
        var help = new StringBuilder();
        Add($"Usage: {program} [--NAME VALUE]...");
        Add($"       {program} --help | --version");
        Add("");
        Add("A setting is an argument, or an environment variable, or a file that is named like the variable and holds the value, in "
            + "/run/secrets or in systemd's folder of credentials, or an entry in the section Chat of appsettings.json. Arguments win "
            + "over files, files over variables, variables over appsettings.json. A password is not an argument: everyone on the "
            + "machine can read those. Names from before there were sections, such as Chat__TlsListen, still work.");
        Add($"A duration is given as {Duration.Forms}.");
        foreach (var section in Setting.Of(options).GroupBy(setting => setting.Title))
        {
            Add("");
            Add($"{section.Key}:");
            foreach (var setting in section)
            {
                Add(setting.IsSecret ? $"  {setting.Variable}  (not an argument)" : $"  {setting.Argument}  ({setting.Variable})");
                var bounds = setting.Bounds.Length == 0 ? "" : $" ({setting.Bounds})";
                Add($"{setting.Description} {(setting.IsRequired ? "Required" : $"Default: {setting.Value}{bounds}")}.", Indent);
            }
        }
        Add("");
        Add("Log:");
        Add("  --Logging:LogLevel:OrleansChat  (Logging__LogLevel__OrleansChat)");
        Add("The least level that is logged; other categories likewise. Default: Information.", Indent);
        Add("  --Logging:Console:FormatterName  (Logging__Console__FormatterName)");
        Add("How entries look: simple, json or systemd. Default: simple.", Indent);
        return help.ToString();

        void Add(string text, int indent = 0)
        {
            var width = Columns - indent;
            while (text.Length > width)
            {
                var end = text.LastIndexOf(' ', width);
                help.Append(' ', indent).AppendLine(text[..end]);
                text = text[(end + 1)..];
            }
            help.Append(' ', text.Length == 0 ? 0 : indent).AppendLine(text);
        }
    }
}
