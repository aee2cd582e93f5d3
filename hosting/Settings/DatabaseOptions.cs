using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Data.Common;

namespace OrleansChat.Hosting.Settings;

/// <summary>Where the database is.</summary>
[Section("Database", IsFlat = true)]
public sealed class DatabaseOptions : IValidatableObject
{
    [Description("PostgreSQL 15 or later, as an Npgsql connection string.")]
    [Required(ErrorMessage = "No database is set: give a PostgreSQL connection string as {0}, Chat__Database or Chat:Database.")]
    public string Database { get; set; } = "";

    [Description("Its password, where the connection string has none.")]
    [DataType(DataType.Password)]
    public string DatabasePassword { get; set; } = "";

    /// <summary><see cref="Database"/> with <see cref="DatabasePassword"/> in it.</summary>
    /// <exception cref="ArgumentException">It is malformed.</exception>
    public string ConnectionString
    {
        get
        {
            var settings = new DbConnectionStringBuilder { ConnectionString = Database };
            if (DatabasePassword.Length > 0 && !settings.ContainsKey("Password"))
                settings["Password"] = DatabasePassword.TrimEnd('\n', '\r');
            return settings.ConnectionString;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        try
        {
            _ = ConnectionString;
            return [];
        }
        catch (ArgumentException)
        {
            return [new ValidationResult("The connection string of the database is malformed.")];
        }
    }
}
